package main

import (
	"encoding/base64"
	"encoding/pem"
	"time"

	stdx509 "crypto/x509"

	"github.com/siderolabs/crypto/x509"
	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"go.yaml.in/yaml/v4"
)

type talosconfigArguments struct {
	ClusterName         string              `json:"clusterName"`
	ClientConfiguration clientConfiguration `json:"clientConfiguration"`
	Endpoints           []string            `json:"endpoints"`
	Nodes               []string            `json:"nodes"`
}

type talosconfigResult struct {
	TalosConfig string `json:"talosConfig"`
}

func newTalosconfig(arguments talosconfigArguments) (talosconfigResult, error) {
	client := arguments.ClientConfiguration

	file := clientconfig.NewConfig(arguments.ClusterName, arguments.Endpoints, client.CACertificate, &x509.PEMEncodedCertificateAndKey{
		Crt: client.ClientCertificate,
		Key: client.ClientKey,
	})

	if len(arguments.Nodes) > 0 {
		file.Contexts[arguments.ClusterName].Nodes = arguments.Nodes
	}

	encoded, err := file.Bytes()

	return talosconfigResult{TalosConfig: string(encoded)}, err
}

// kubernetesCerts is the part of the secrets that an admin kubeconfig needs; the other members are accepted and not read.
type kubernetesCerts struct {
	Certs machineCerts `json:"certs"`

	Cluster    any `json:"cluster"`
	Secrets    any `json:"secrets"`
	TrustdInfo any `json:"trustdinfo"`
}

type kubeconfigArguments struct {
	MachineSecrets kubernetesCerts `json:"machineSecrets"`
	ClusterName    string          `json:"clusterName"`
	Endpoint       string          `json:"endpoint"`
	TTLHours       float64         `json:"ttlHours"`
}

type kubeconfigResult struct {
	Kubeconfig        string `json:"kubeconfig"`
	Host              string `json:"host"`
	CACertificate     []byte `json:"caCertificate"`
	ClientCertificate []byte `json:"clientCertificate"`
	ClientKey         []byte `json:"clientKey"`
	// NotAfter is the end of the client certificate, RFC 3339.
	NotAfter string `json:"notAfter"`
}

// newKubeconfig makes what the machine API of a control plane hands out: an admin of system:masters.
func newKubeconfig(arguments kubeconfigArguments) (kubeconfigResult, error) {
	ca := arguments.MachineSecrets.Certs.K8s

	client, err := signLeaf(ca, hours(arguments.TTLHours),
		x509.CommonName(constants.KubernetesAdminCertCommonName),
		x509.Organization(constants.KubernetesAdminCertOrganization),
		x509.ExtKeyUsage([]stdx509.ExtKeyUsage{stdx509.ExtKeyUsageClientAuth}),
	)
	if err != nil {
		return kubeconfigResult{}, err
	}

	block, _ := pem.Decode(client.Cert)

	certificate, err := stdx509.ParseCertificate(block.Bytes)
	if err != nil {
		return kubeconfigResult{}, err
	}

	encoded, err := yaml.Marshal(adminKubeconfig(arguments.ClusterName, arguments.Endpoint, ca.Cert, client))
	if err != nil {
		return kubeconfigResult{}, err
	}

	return kubeconfigResult{
		Kubeconfig:        string(encoded),
		Host:              arguments.Endpoint,
		CACertificate:     ca.Cert,
		ClientCertificate: client.Cert,
		ClientKey:         client.Key,
		NotAfter:          certificate.NotAfter.UTC().Format(time.RFC3339),
	}, nil
}

// fields is one YAML object; its members are written in the order of their names.
type fields map[string]any

func adminKubeconfig(cluster, endpoint string, ca []byte, client certKey) fields {
	user := constants.KubernetesAdminCertCommonName + "@" + cluster

	return fields{
		"apiVersion": "v1",
		"kind":       "Config",
		"clusters": []fields{{
			"name":    cluster,
			"cluster": fields{"server": endpoint, "certificate-authority-data": base64.StdEncoding.EncodeToString(ca)},
		}},
		"users": []fields{{
			"name": user,
			"user": fields{
				"client-certificate-data": base64.StdEncoding.EncodeToString(client.Cert),
				"client-key-data":         base64.StdEncoding.EncodeToString(client.Key),
			},
		}},
		"contexts": []fields{{
			"name":    user,
			"context": fields{"cluster": cluster, "namespace": "default", "user": user},
		}},
		"current-context": user,
	}
}
