{{- define "name" -}}
{{ default .Chart.Name .Values.nameOverride }}
{{- end }}
{{- define "fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride }}
{{- else if contains (include "name" .) .Release.Name -}}{{ .Release.Name }}
{{- else -}}{{ .Release.Name }}-{{ include "name" . }}
{{- end -}}
{{- end }}
{{- define "serviceAccount" -}}
{{ default (include "fullname" .) .Values.serviceAccount.name }}
{{- end }}
{{- define "selector" -}}
app.kubernetes.io/name: {{ include "name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "metadata" -}}
name: {{ include "fullname" . }}
labels:
  helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  {{- include "selector" . | nindent 2 }}
  {{- with .Values.commonLabels }}{{ toYaml . | nindent 2 }}{{ end }}
annotations:
  lab.hearth.dev/stand-in: "true"
  {{- with .Values.commonAnnotations }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}
