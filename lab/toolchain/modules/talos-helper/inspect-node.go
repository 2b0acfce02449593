package main

import (
	"cmp"
	"slices"
	"strings"

	talosconfig "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/constants"
)

// taint is one taint of a Node.
type taint struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Effect string `json:"effect"`
}

// staticHostname is empty when Talos would make a name up from the machine's identity.
func staticHostname(loaded talosconfig.Provider) string {
	if named := loaded.NetworkHostnameConfig(); named != nil {
		return named.Hostname()
	}

	return ""
}

// staticAddresses are those of the first link that has any: documents first, then the devices of the old form.
func staticAddresses(loaded talosconfig.Provider) []string {
	addresses := []string{}

	for _, link := range loaded.NetworkCommonLinkConfigs() {
		for _, address := range link.Addresses() {
			addresses = append(addresses, address.Address().String())
		}

		if len(addresses) > 0 {
			return addresses
		}
	}

	for _, device := range loaded.Machine().Network().Devices() {
		if !device.Ignore() && len(device.Addresses()) > 0 {
			return list(device.Addresses())
		}
	}

	return addresses
}

// virtualAddress is the first address that the control planes share, or empty.
func virtualAddress(loaded talosconfig.Provider) string {
	for _, shared := range loaded.NetworkVirtualIPConfigs() {
		return shared.VIP().String()
	}

	for _, device := range loaded.Machine().Network().Devices() {
		if shared := device.VIPConfig(); shared != nil {
			return shared.IP()
		}

		for _, vlan := range device.Vlans() {
			if shared := vlan.VIPConfig(); shared != nil {
				return shared.IP()
			}
		}
	}

	return ""
}

// nodeLabels are the config's own and the role label that Talos puts on a control plane.
func nodeLabels(machine config.MachineConfig) map[string]string {
	labels := copyOf(machine.NodeLabels())

	if machine.Type().IsControlPlane() {
		labels[constants.LabelNodeRoleControlPlane] = ""
	}

	return labels
}

// nodeTaints are Talos' own, the kubelet's own where a cloud provider is external, those of machine.nodeTaints and those that the kubelet registers with, each once, by key and effect.
func nodeTaints(machine config.MachineConfig, cluster config.ClusterConfig) []taint {
	taints := []taint{}

	if machine.Type().IsControlPlane() && !cluster.ScheduleOnControlPlanes() {
		taints = append(taints, taint{Key: constants.LabelNodeRoleControlPlane, Effect: "NoSchedule"})
	}

	if cluster.ExternalCloudProvider().Enabled() {
		taints = append(taints, taint{Key: "node.cloudprovider.kubernetes.io/uninitialized", Value: "true", Effect: "NoSchedule"})
	}

	for key, text := range machine.NodeTaints() {
		value, effect, valued := strings.Cut(text, ":")
		if !valued {
			value, effect = "", text
		}

		taints = append(taints, taint{Key: key, Value: value, Effect: effect})
	}

	for _, texts := range machine.Kubelet().ExtraArgs()["register-with-taints"] {
		for text := range strings.SplitSeq(texts, ",") {
			taints = append(taints, parseTaint(text))
		}
	}

	taints = append(taints, kubeletConfigTaints(machine.Kubelet().ExtraConfig())...)

	slices.SortStableFunc(taints, func(left, right taint) int {
		return cmp.Or(strings.Compare(left.Key, right.Key), strings.Compare(left.Effect, right.Effect))
	})

	return slices.CompactFunc(taints, func(left, right taint) bool {
		return left.Key == right.Key && left.Effect == right.Effect
	})
}

// parseTaint reads the kubelet's notation, `key=value:Effect` or `key:Effect`.
func parseTaint(text string) taint {
	name, effect, _ := strings.Cut(strings.TrimSpace(text), ":")
	key, value, _ := strings.Cut(name, "=")

	return taint{Key: key, Value: value, Effect: effect}
}

// kubeletConfigTaints reads registerWithTaints of the kubelet's own config file.
func kubeletConfigTaints(extra map[string]any) []taint {
	entries, _ := extra["registerWithTaints"].([]any)
	taints := make([]taint, 0, len(entries))

	for _, entry := range entries {
		members, _ := entry.(map[string]any)
		key, _ := members["key"].(string)
		value, _ := members["value"].(string)
		effect, _ := members["effect"].(string)

		taints = append(taints, taint{Key: key, Value: value, Effect: effect})
	}

	return taints
}
