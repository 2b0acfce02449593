package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	sideronet "github.com/siderolabs/net"
	machineapi "github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/compatibility"
	talosconfig "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/bundle"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"github.com/siderolabs/talos/pkg/machinery/gendata"
)

type configArguments struct {
	ClusterName       string         `json:"clusterName"`
	ClusterEndpoint   string         `json:"clusterEndpoint"`
	MachineType       string         `json:"machineType"`
	MachineSecrets    machineSecrets `json:"machineSecrets"`
	ConfigPatches     []string       `json:"configPatches"`
	KubernetesVersion string         `json:"kubernetesVersion"`
	Contract          string         `json:"contract"`
	Docs              bool           `json:"docs"`
	Examples          bool           `json:"examples"`
	Mode              runtimeMode    `json:"mode"`
}

type configResult struct {
	MachineConfiguration string   `json:"machineConfiguration"`
	Warnings             []string `json:"warnings"`
}

// generateConfig makes what the talos provider's getConfiguration makes, and then asks what a node would say to it.
func generateConfig(arguments configArguments) (configResult, error) {
	machineType, err := machine.ParseType(arguments.MachineType)
	if err != nil {
		return configResult{}, err
	}

	if err = checkEndpoint(arguments.ClusterEndpoint); err != nil {
		return configResult{}, err
	}

	if err = checkVersions(arguments.KubernetesVersion, arguments.Contract); err != nil {
		return configResult{}, err
	}

	encoded, err := arguments.generate(machineType)
	if err != nil {
		return configResult{}, err
	}

	warnings, err := validate(encoded, arguments.Mode)
	if err != nil {
		return configResult{}, err
	}

	return configResult{MachineConfiguration: string(encoded), Warnings: warnings}, nil
}

func (arguments configArguments) generate(machineType machine.Type) ([]byte, error) {
	contract, err := parseContract(arguments.Contract)
	if err != nil {
		return nil, err
	}

	patches, err := configpatcher.LoadPatches(arguments.ConfigPatches)
	if err != nil {
		return nil, fmt.Errorf("error parsing config patch: %w", err)
	}

	patch := bundle.WithPatchWorker
	if machineType.IsControlPlane() {
		patch = bundle.WithPatchControlPlane
	}

	generated, err := bundle.NewBundle(
		bundle.WithVerbose(false),
		patch(patches),
		bundle.WithInputOptions(&bundle.InputOptions{
			ClusterName: arguments.ClusterName,
			Endpoint:    arguments.ClusterEndpoint,
			KubeVersion: strings.TrimPrefix(arguments.KubernetesVersion, "v"),
			GenOptions: []generate.Option{
				generate.WithVersionContract(contract),
				generate.WithSecretsBundle(arguments.MachineSecrets.bundle()),
				generate.WithClusterDiscovery(true),
				generate.WithDNSDomain(constants.DefaultDNSDomain),
				generate.WithInstallDisk("/dev/sda"),
				generate.WithInstallImage(defaultInstaller()),
			},
		}),
	)
	if err != nil {
		return nil, err
	}

	return generated.Serialize(arguments.comments(), machineType)
}

func (arguments configArguments) comments() encoder.CommentsFlags {
	flags := encoder.CommentsDisabled

	if arguments.Docs {
		flags |= encoder.CommentsDocs
	}

	if arguments.Examples {
		flags |= encoder.CommentsExamples
	}

	return flags
}

func defaultInstaller() string {
	return fmt.Sprintf("%s/%s/installer:%s", gendata.ImagesRegistry, gendata.ImagesUsername, strings.TrimSpace(gendata.VersionTag))
}

type patchArguments struct {
	Config  string      `json:"config"`
	Patches []string    `json:"patches"`
	Mode    runtimeMode `json:"mode"`
}

type patchResult struct {
	Config   string   `json:"config"`
	Hash     string   `json:"hash"`
	Warnings []string `json:"warnings"`
}

// patchConfig merges patches into a config. A config without patches is returned byte for byte.
func patchConfig(arguments patchArguments) (patchResult, error) {
	patches, err := configpatcher.LoadPatches(arguments.Patches)
	if err != nil {
		return patchResult{}, fmt.Errorf("error parsing config patch: %w", err)
	}

	patched, err := configpatcher.Apply(configpatcher.WithBytes([]byte(arguments.Config)), patches)
	if err != nil {
		return patchResult{}, err
	}

	encoded, err := patched.Bytes()
	if err != nil {
		return patchResult{}, err
	}

	warnings, err := validate(encoded, arguments.Mode)
	if err != nil {
		return patchResult{}, err
	}

	digest := sha256.Sum256(encoded)

	return patchResult{Config: string(encoded), Hash: hex.EncodeToString(digest[:]), Warnings: warnings}, nil
}

// validate loads a config as a node does and returns its warnings, never nil.
func validate(encoded []byte, mode runtimeMode) ([]string, error) {
	loaded, err := configloader.NewFromBytes(encoded)
	if err != nil {
		return nil, err
	}

	if err = requireMachine(loaded); err != nil {
		return nil, err
	}

	warnings, err := loaded.Validate(mode)
	if err != nil {
		return nil, err
	}

	return append([]string{}, warnings...), nil
}

// requireMachine refuses a config that consists of side documents only: no node could boot from it.
func requireMachine(loaded talosconfig.Provider) error {
	if !loaded.CompleteForBoot() {
		return fmt.Errorf("the config has no machine and cluster document (v1alpha1)")
	}

	return nil
}

// runtimeMode is where the config is for: "cloud" (the default; disk images such as nocloud) or "metal", which must install.
type runtimeMode string

func (mode runtimeMode) String() string {
	if mode == "" {
		return "cloud"
	}

	return string(mode)
}

// RequiresInstall says whether the install section is compulsory.
func (mode runtimeMode) RequiresInstall() bool { return mode == "metal" }

// InContainer is for Talos in a container, which the lab has not.
func (mode runtimeMode) InContainer() bool { return false }

// checkVersions holds the Kubernetes version against the range of the Talos version, as the provider does.
func checkVersions(kubernetesVersion, contract string) error {
	kubernetes, err := compatibility.ParseKubernetesVersion(strings.TrimPrefix(kubernetesVersion, "v"))
	if err != nil {
		return fmt.Errorf("kubernetes_version is invalid: %w", err)
	}

	tag := contract
	if tag == "" {
		tag = strings.TrimSpace(gendata.VersionTag)
	}

	talos, err := compatibility.ParseTalosVersion(&machineapi.VersionInfo{Tag: tag})
	if err != nil {
		return fmt.Errorf("talos_version is invalid: %w", err)
	}

	if err = kubernetes.SupportedWith(talos); err != nil {
		return fmt.Errorf("talos_version is not compatible with kubernetes_version: %w", err)
	}

	return nil
}

func checkEndpoint(endpoint string) error {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return fmt.Errorf("cluster_endpoint is invalid: %w", err)
	}

	if parsed.Scheme != "https" {
		return fmt.Errorf("cluster_endpoint is invalid: %q should have scheme https://", endpoint)
	}

	if err = sideronet.ValidateEndpointURI(endpoint); err != nil {
		return fmt.Errorf("cluster_endpoint is invalid: %w", err)
	}

	return nil
}
