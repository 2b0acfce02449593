package main

import (
	"fmt"
	"time"

	"github.com/siderolabs/crypto/x509"
	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"github.com/siderolabs/talos/pkg/machinery/role"
)

// certKey is a certificate and its key, base64 of PEM on the wire.
type certKey struct {
	Cert []byte `json:"cert,omitempty"`
	Key  []byte `json:"key,omitempty"`
}

type serviceAccountKey struct {
	Key []byte `json:"key"`
}

type machineCerts struct {
	Etcd              certKey           `json:"etcd"`
	K8s               certKey           `json:"k8s"`
	K8sAggregator     certKey           `json:"k8sAggregator"`
	K8sServiceaccount serviceAccountKey `json:"k8sServiceaccount"`
	OS                certKey           `json:"os"`
}

type clusterSecrets struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

type kubernetesSecrets struct {
	BootstrapToken            string `json:"bootstrapToken"`
	SecretboxEncryptionSecret string `json:"secretboxEncryptionSecret"`
	AESCBCEncryptionSecret    string `json:"aescbcEncryptionSecret,omitempty"`
}

type trustdInfo struct {
	Token string `json:"token"`
}

// machineSecrets is the secrets bundle in the shape of the talos provider.
type machineSecrets struct {
	Certs      machineCerts      `json:"certs"`
	Cluster    clusterSecrets    `json:"cluster"`
	Secrets    kubernetesSecrets `json:"secrets"`
	TrustdInfo trustdInfo        `json:"trustdinfo"`
}

// clientConfiguration is what a client of the Talos API needs.
type clientConfiguration struct {
	CACertificate     []byte `json:"caCertificate"`
	ClientCertificate []byte `json:"clientCertificate"`
	ClientKey         []byte `json:"clientKey"`
}

type secretsArguments struct {
	// Contract is a Talos version such as v1.13; without it the library's own version counts.
	Contract string `json:"contract"`
}

type secretsResult struct {
	MachineSecrets      machineSecrets      `json:"machineSecrets"`
	ClientConfiguration clientConfiguration `json:"clientConfiguration"`
}

func newSecrets(arguments secretsArguments) (secretsResult, error) {
	contract, err := parseContract(arguments.Contract)
	if err != nil {
		return secretsResult{}, err
	}

	bundle, err := secrets.NewBundle(secrets.NewFixedClock(time.Now()), contract)
	if err != nil {
		return secretsResult{}, err
	}

	client, err := adminClient(bundle, constants.TalosAPIDefaultCertificateValidityDuration)
	if err != nil {
		return secretsResult{}, err
	}

	return secretsResult{MachineSecrets: fromBundle(bundle), ClientConfiguration: client}, nil
}

type clientConfigurationArguments struct {
	MachineSecrets machineSecrets `json:"machineSecrets"`
	TTLHours       float64        `json:"ttlHours"`
}

type clientConfigurationResult struct {
	ClientConfiguration clientConfiguration `json:"clientConfiguration"`
}

func newClientConfiguration(arguments clientConfigurationArguments) (clientConfigurationResult, error) {
	validity := constants.TalosAPIDefaultCertificateValidityDuration
	if arguments.TTLHours != 0 {
		validity = hours(arguments.TTLHours)
	}

	client, err := adminClient(arguments.MachineSecrets.bundle(), validity)

	return clientConfigurationResult{ClientConfiguration: client}, err
}

func adminClient(bundle *secrets.Bundle, validity time.Duration) (clientConfiguration, error) {
	certificate, err := bundle.GenerateTalosAPIClientCertificateWithTTL(role.MakeSet(role.Admin), validity)
	if err != nil {
		return clientConfiguration{}, err
	}

	return clientConfiguration{
		CACertificate:     bundle.Certs.OS.Crt,
		ClientCertificate: certificate.Crt,
		ClientKey:         certificate.Key,
	}, nil
}

// bundle is the library's form of the secrets, with the clock stopped at now.
func (given machineSecrets) bundle() *secrets.Bundle {
	return &secrets.Bundle{
		Clock:   secrets.NewFixedClock(time.Now()),
		Cluster: &secrets.Cluster{ID: given.Cluster.ID, Secret: given.Cluster.Secret},
		Secrets: &secrets.Secrets{
			BootstrapToken:            given.Secrets.BootstrapToken,
			SecretboxEncryptionSecret: given.Secrets.SecretboxEncryptionSecret,
			AESCBCEncryptionSecret:    given.Secrets.AESCBCEncryptionSecret,
		},
		TrustdInfo: &secrets.TrustdInfo{Token: given.TrustdInfo.Token},
		Certs: &secrets.Certs{
			Etcd:              given.Certs.Etcd.pem(),
			K8s:               given.Certs.K8s.pem(),
			K8sAggregator:     given.Certs.K8sAggregator.pem(),
			K8sServiceAccount: &x509.PEMEncodedKey{Key: given.Certs.K8sServiceaccount.Key},
			OS:                given.Certs.OS.pem(),
		},
	}
}

func fromBundle(bundle *secrets.Bundle) machineSecrets {
	return machineSecrets{
		Certs: machineCerts{
			Etcd:              fromPEM(bundle.Certs.Etcd),
			K8s:               fromPEM(bundle.Certs.K8s),
			K8sAggregator:     fromPEM(bundle.Certs.K8sAggregator),
			K8sServiceaccount: serviceAccountKey{Key: bundle.Certs.K8sServiceAccount.Key},
			OS:                fromPEM(bundle.Certs.OS),
		},
		Cluster: clusterSecrets{ID: bundle.Cluster.ID, Secret: bundle.Cluster.Secret},
		Secrets: kubernetesSecrets{
			BootstrapToken:            bundle.Secrets.BootstrapToken,
			SecretboxEncryptionSecret: bundle.Secrets.SecretboxEncryptionSecret,
			AESCBCEncryptionSecret:    bundle.Secrets.AESCBCEncryptionSecret,
		},
		TrustdInfo: trustdInfo{Token: bundle.TrustdInfo.Token},
	}
}

func (pair certKey) pem() *x509.PEMEncodedCertificateAndKey {
	return &x509.PEMEncodedCertificateAndKey{Crt: pair.Cert, Key: pair.Key}
}

func fromPEM(pair *x509.PEMEncodedCertificateAndKey) certKey {
	return certKey{Cert: pair.Crt, Key: pair.Key}
}

// parseContract reads a Talos version; the empty one means the library's own, which it represents by nil.
func parseContract(version string) (*config.VersionContract, error) {
	if version == "" {
		return config.TalosVersionCurrent, nil
	}

	contract, err := config.ParseContractFromVersion(version)
	if err != nil {
		return nil, fmt.Errorf("contract %q: %w", version, err)
	}

	return contract, nil
}

func hours(count float64) time.Duration {
	return time.Duration(count * float64(time.Hour))
}
