package main

import (
	"bytes"
	stdx509 "crypto/x509"
	"fmt"
	"net"
	"time"

	"github.com/siderolabs/crypto/x509"
)

type issueArguments struct {
	CA            certKey  `json:"ca"`
	CommonName    string   `json:"commonName"`
	Organizations []string `json:"organizations"`
	DNSNames      []string `json:"dnsNames"`
	IPs           []string `json:"ips"`
	Usages        []string `json:"usages"`
	TTLHours      float64  `json:"ttlHours"`
}

// issueCertificate signs a leaf certificate whose key has the algorithm of the CA's.
func issueCertificate(arguments issueArguments) (certKey, error) {
	addresses, err := parseAddresses(arguments.IPs)
	if err != nil {
		return certKey{}, err
	}

	usages, err := parseUsages(arguments.Usages)
	if err != nil {
		return certKey{}, err
	}

	return signLeaf(arguments.CA, hours(arguments.TTLHours),
		x509.CommonName(arguments.CommonName),
		x509.Organization(arguments.Organizations...),
		x509.DNSNames(arguments.DNSNames),
		x509.IPAddresses(addresses),
		x509.ExtKeyUsage(usages),
	)
}

// signLeaf dates a certificate back a little, since the clocks of the machines in a cluster differ.
func signLeaf(ca certKey, validity time.Duration, options ...x509.Option) (certKey, error) {
	authority, err := x509.NewCertificateAuthorityFromCertificateAndKey(ca.pem())
	if err != nil {
		return certKey{}, fmt.Errorf("the CA cannot sign: %w", err)
	}

	now := time.Now()
	options = append(options,
		x509.KeyUsage(stdx509.KeyUsageDigitalSignature|stdx509.KeyUsageKeyEncipherment),
		x509.NotBefore(now.Add(-clockSkew)),
		x509.NotAfter(now.Add(validity)),
	)

	pair, err := x509.NewKeyPair(authority, options...)
	if err != nil {
		return certKey{}, err
	}

	return certKey{Cert: pair.CrtPEM, Key: plainKey(pair.KeyPEM)}, nil
}

// plainKey gives an Ed25519 key the standard header: the content is PKCS 8, but the library names the type in the header, which
// other programs do not read.
func plainKey(key []byte) []byte {
	return bytes.ReplaceAll(key, []byte(x509.PEMTypeEd25519Private), []byte("PRIVATE KEY"))
}

const clockSkew = time.Minute

type selfSignedArguments struct {
	CommonName string   `json:"commonName"`
	IPs        []string `json:"ips"`
	TTLHours   float64  `json:"ttlHours"`
}

// selfSignedCertificate signs with a key of its own, which nobody trusts: what a node in maintenance shows.
func selfSignedCertificate(arguments selfSignedArguments) (certKey, error) {
	addresses, err := parseAddresses(arguments.IPs)
	if err != nil {
		return certKey{}, err
	}

	now := time.Now()

	authority, err := x509.NewSelfSignedCertificateAuthority(
		x509.Organization(arguments.CommonName),
		x509.DNSNames([]string{arguments.CommonName}),
		x509.IPAddresses(addresses),
		x509.NotBefore(now.Add(-clockSkew)),
		x509.NotAfter(now.Add(hours(arguments.TTLHours))),
	)
	if err != nil {
		return certKey{}, err
	}

	return certKey{Cert: authority.CrtPEM, Key: plainKey(authority.KeyPEM)}, nil
}

func parseAddresses(texts []string) ([]net.IP, error) {
	addresses := make([]net.IP, 0, len(texts))

	for _, text := range texts {
		address := net.ParseIP(text)
		if address == nil {
			return nil, fmt.Errorf("%q is not an IP address", text)
		}

		addresses = append(addresses, address)
	}

	return addresses, nil
}

func parseUsages(names []string) ([]stdx509.ExtKeyUsage, error) {
	usages := make([]stdx509.ExtKeyUsage, 0, len(names))

	for _, name := range names {
		switch name {
		case "client":
			usages = append(usages, stdx509.ExtKeyUsageClientAuth)
		case "server":
			usages = append(usages, stdx509.ExtKeyUsageServerAuth)
		default:
			return nil, fmt.Errorf("a certificate is for client or server, not for %q", name)
		}
	}

	return usages, nil
}
