// Command pulumi-resource-kubernetes is the real Kubernetes provider with a main of our own: the provider's own main embeds two
// files that its repository generates and does not keep. The build puts the sources of those files beside this one.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

const providerName = "kubernetes"

//go:embed schema.json
var pulumiSchema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	schema, err := withVersion(pulumiSchema, version.Version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "the embedded schema is broken:", err)
		os.Exit(1)
	}

	provider.Serve(providerName, version.Version, schema, terraformMapping)
}

// withVersion adds the version that a released schema carries; the one in the module has none.
func withVersion(schema []byte, version string) ([]byte, error) {
	// Every other member stays as it is, byte for byte: the schema is 7 MB and only one member is of interest.
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(schema, &members); err != nil {
		return nil, err
	}

	encoded, err := json.Marshal(version)
	if err != nil {
		return nil, err
	}

	members["version"] = encoded

	return json.Marshal(members)
}
