package main

import "github.com/siderolabs/image-factory/pkg/schematic"

type schematicArguments struct {
	YAML string `json:"yaml"`
}

type schematicResult struct {
	ID        string `json:"id"`
	Canonical string `json:"canonical"`
}

// identifySchematic asks the Image Factory's own library; the id is the digest of the canonical form.
func identifySchematic(arguments schematicArguments) (schematicResult, error) {
	wanted, err := schematic.Unmarshal([]byte(arguments.YAML))
	if err != nil {
		return schematicResult{}, err
	}

	canonical, err := wanted.Marshal()
	if err != nil {
		return schematicResult{}, err
	}

	id, err := wanted.ID()
	if err != nil {
		return schematicResult{}, err
	}

	return schematicResult{ID: id, Canonical: string(canonical)}, nil
}
