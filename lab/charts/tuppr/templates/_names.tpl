{{- define "selector" -}}
app.kubernetes.io/name: tuppr
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "labels" -}}
{{ include "selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
lab.hearth.dev/stand-in: "true"
{{- end }}
{{- define "account" -}}
{{ default .Release.Name .Values.serviceAccount.name }}
{{- end }}
