package main

import (
	"net/url"
	"strings"

	"github.com/siderolabs/crypto/x509"
	talosconfig "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
)

type inspectArguments struct {
	Config string `json:"config"`
}

// machineFacts is what Talos derives from one config. Lists and maps are empty rather than null.
type machineFacts struct {
	Hostname                  string            `json:"hostname"`
	MachineType               string            `json:"machineType"`
	ClusterName               string            `json:"clusterName"`
	Endpoint                  string            `json:"endpoint"`
	Addresses                 []string          `json:"addresses"`
	VIP                       string            `json:"vip,omitempty"`
	PodSubnets                []string          `json:"podSubnets"`
	ServiceSubnets            []string          `json:"serviceSubnets"`
	CNIName                   string            `json:"cniName"`
	ProxyDisabled             bool              `json:"proxyDisabled"`
	CoreDNSDisabled           bool              `json:"coreDnsDisabled"`
	NodeLabels                map[string]string `json:"nodeLabels"`
	NodeAnnotations           map[string]string `json:"nodeAnnotations"`
	Taints                    []taint           `json:"taints"`
	InstallImage              string            `json:"installImage"`
	InstallDisk               string            `json:"installDisk"`
	KubeletImage              string            `json:"kubeletImage"`
	APIServerImage            string            `json:"apiServerImage"`
	APIServerCertSANs         []string          `json:"apiServerCertSans"`
	APIServerExtraArgs        map[string]string `json:"apiServerExtraArgs"`
	ControllerManagerArgs     map[string]string `json:"controllerManagerExtraArgs"`
	SchedulerExtraArgs        map[string]string `json:"schedulerExtraArgs"`
	EtcdExtraArgs             map[string]string `json:"etcdExtraArgs"`
	EtcdAdvertisedSubnets     []string          `json:"etcdAdvertisedSubnets"`
	KubeletExtraArgs          map[string]string `json:"kubeletExtraArgs"`
	KubeletValidSubnets       []string          `json:"kubeletValidSubnets"`
	AdmissionControl          []admissionPlugin `json:"admissionControl"`
	KubePrismPort             int               `json:"kubePrismPort,omitempty"`
	KubernetesTalosAPIAccess  bool              `json:"kubernetesTalosApiAccess"`
	SchedulingOnControlPlanes bool              `json:"allowSchedulingOnControlPlanes"`
	SecretboxEncryptionSecret string            `json:"secretboxEncryptionSecret,omitempty"`
	AESCBCEncryptionSecret    string            `json:"aescbcEncryptionSecret,omitempty"`
	CA                        authorities       `json:"ca"`
}

type admissionPlugin struct {
	Name          string         `json:"name"`
	Configuration map[string]any `json:"configuration"`
}

// authorities are the CAs and keys that a config carries; a worker's have no keys.
type authorities struct {
	OS                *certKey `json:"os,omitempty"`
	K8s               *certKey `json:"k8s,omitempty"`
	K8sAggregator     *certKey `json:"k8sAggregator,omitempty"`
	Etcd              *certKey `json:"etcd,omitempty"`
	ServiceAccountKey []byte   `json:"serviceAccountKey,omitempty"`
}

// inspectConfig reads a config through the library's interfaces, so that a fact counts whichever document states it.
func inspectConfig(arguments inspectArguments) (machineFacts, error) {
	loaded, err := configloader.NewFromBytes([]byte(arguments.Config))
	if err != nil {
		return machineFacts{}, err
	}

	if err = requireMachine(loaded); err != nil {
		return machineFacts{}, err
	}

	machine, cluster := loaded.Machine(), loaded.Cluster()

	return machineFacts{
		Hostname:                  staticHostname(loaded),
		MachineType:               machine.Type().String(),
		ClusterName:               cluster.Name(),
		Endpoint:                  endpointText(cluster.Endpoint()),
		Addresses:                 staticAddresses(loaded),
		VIP:                       virtualAddress(loaded),
		PodSubnets:                list(cluster.Network().PodCIDRs()),
		ServiceSubnets:            list(cluster.Network().ServiceCIDRs()),
		CNIName:                   cluster.Network().CNI().Name(),
		ProxyDisabled:             !cluster.Proxy().Enabled(),
		CoreDNSDisabled:           !cluster.CoreDNS().Enabled(),
		NodeLabels:                nodeLabels(machine),
		NodeAnnotations:           copyOf(machine.NodeAnnotations()),
		Taints:                    nodeTaints(machine, cluster),
		InstallImage:              machine.Install().Image(),
		InstallDisk:               machine.Install().Disk(),
		KubeletImage:              machine.Kubelet().Image(),
		APIServerImage:            cluster.APIServer().Image(),
		APIServerCertSANs:         list(cluster.CertSANs()),
		APIServerExtraArgs:        flags(cluster.APIServer().ExtraArgs()),
		ControllerManagerArgs:     flags(cluster.ControllerManager().ExtraArgs()),
		SchedulerExtraArgs:        flags(cluster.Scheduler().ExtraArgs()),
		EtcdExtraArgs:             flags(cluster.Etcd().ExtraArgs()),
		EtcdAdvertisedSubnets:     list(cluster.Etcd().AdvertisedSubnets()),
		KubeletExtraArgs:          flags(machine.Kubelet().ExtraArgs()),
		KubeletValidSubnets:       list(machine.Kubelet().NodeIP().ValidSubnets()),
		AdmissionControl:          admissionPlugins(cluster.APIServer()),
		KubePrismPort:             kubePrismPort(machine),
		KubernetesTalosAPIAccess:  machine.Features().KubernetesTalosAPIAccess().Enabled(),
		SchedulingOnControlPlanes: cluster.ScheduleOnControlPlanes(),
		SecretboxEncryptionSecret: cluster.SecretboxEncryptionSecret(),
		AESCBCEncryptionSecret:    cluster.AESCBCEncryptionSecret(),
		CA:                        carriedAuthorities(loaded),
	}, nil
}

func endpointText(endpoint *url.URL) string {
	if endpoint == nil {
		return ""
	}

	return endpoint.String()
}

func admissionPlugins(server config.APIServer) []admissionPlugin {
	plugins := []admissionPlugin{}

	for _, plugin := range server.AdmissionControl() {
		plugins = append(plugins, admissionPlugin{Name: plugin.Name(), Configuration: plugin.Configuration()})
	}

	return plugins
}

// kubePrismPort is 0, and so left out, when KubePrism is off.
func kubePrismPort(machine config.MachineConfig) int {
	if prism := machine.Features().KubePrism(); prism.Enabled() {
		return prism.Port()
	}

	return 0
}

func carriedAuthorities(loaded talosconfig.Provider) authorities {
	found := authorities{
		OS:            carried(loaded.Machine().Security().IssuingCA()),
		K8s:           carried(loaded.Cluster().IssuingCA()),
		K8sAggregator: carried(loaded.Cluster().AggregatorCA()),
		Etcd:          carried(loaded.Cluster().Etcd().CA()),
	}

	// A worker knows the OS CA as one that it accepts, not as one that it issues by.
	if accepted := loaded.Machine().Security().AcceptedCAs(); found.OS == nil && len(accepted) > 0 {
		found.OS = &certKey{Cert: accepted[0].Crt}
	}

	if accepted := loaded.Cluster().AcceptedCAs(); found.K8s == nil && len(accepted) > 0 {
		found.K8s = &certKey{Cert: accepted[0].Crt}
	}

	if account := loaded.Cluster().ServiceAccount(); account != nil {
		found.ServiceAccountKey = account.Key
	}

	return found
}

func carried(pair *x509.PEMEncodedCertificateAndKey) *certKey {
	if pair == nil || len(pair.Crt)+len(pair.Key) == 0 {
		return nil
	}

	return &certKey{Cert: pair.Crt, Key: pair.Key}
}

// flags joins the values of a flag that is given several times, which every flag of these programs takes as one list.
func flags(arguments map[string][]string) map[string]string {
	joined := make(map[string]string, len(arguments))

	for name, values := range arguments {
		joined[name] = strings.Join(values, ",")
	}

	return joined
}

func list(values []string) []string {
	return append([]string{}, values...)
}

func copyOf[Map ~map[string]string](values Map) map[string]string {
	result := make(map[string]string, len(values))

	for name, value := range values {
		result[name] = value
	}

	return result
}
