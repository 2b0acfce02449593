package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// response is one line of the output; exactly one of result and error is set.
type response struct {
	ID     json.RawMessage `json:"id"`
	Result any             `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// answerWriter keeps concurrent answers on lines of their own.
type answerWriter struct {
	lock    sync.Mutex
	encoder *json.Encoder
}

func newAnswerWriter(output io.Writer) *answerWriter {
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)

	return &answerWriter{encoder: encoder}
}

func (writer *answerWriter) write(message response) {
	writer.lock.Lock()
	defer writer.lock.Unlock()

	if err := writer.encoder.Encode(message); err != nil {
		fmt.Fprintln(os.Stderr, "talos-helper: cannot answer:", err)
		os.Exit(1)
	}
}

// answer runs one request. Nothing that a request does may end the process, so a panic becomes an error as well.
func answer(line []byte) (message response) {
	var request map[string]json.RawMessage

	if err := json.Unmarshal(line, &request); err != nil {
		return response{ID: json.RawMessage("null"), Error: fmt.Sprintf("a request is one JSON object on one line: %v", err)}
	}

	message.ID = request["id"]
	if message.ID == nil {
		message.ID = json.RawMessage("null")
	}

	defer func() {
		if cause := recover(); cause != nil {
			message = response{ID: message.ID, Error: fmt.Sprintf("talos-helper failed: %v", cause)}
		}
	}()

	result, err := run(request)
	if err != nil {
		message.Error = err.Error()

		return message
	}

	message.Result = result

	return message
}

func run(request map[string]json.RawMessage) (any, error) {
	var name string

	if err := json.Unmarshal(request["op"], &name); err != nil {
		return nil, fmt.Errorf("a request needs an op: %w", err)
	}

	operation, known := operations[name]
	if !known {
		return nil, fmt.Errorf("unknown op %q", name)
	}

	delete(request, "id")
	delete(request, "op")

	arguments, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}

	return operation(arguments)
}

// operations are the requests that this program answers, by name.
var operations = map[string]func(arguments []byte) (any, error){
	"secrets":             operation(newSecrets),
	"clientConfiguration": operation(newClientConfiguration),
	"config":              operation(generateConfig),
	"patch":               operation(patchConfig),
	"inspect":             operation(inspectConfig),
	"talosconfig":         operation(newTalosconfig),
	"kubeconfig":          operation(newKubeconfig),
	"issue":               operation(issueCertificate),
	"selfSigned":          operation(selfSignedCertificate),
	"schematic":           operation(identifySchematic),
}

// operation decodes the arguments of a request; an argument that the operation does not have is an error, not a silent default.
func operation[Arguments, Result any](perform func(Arguments) (Result, error)) func([]byte) (any, error) {
	return func(encoded []byte) (any, error) {
		var arguments Arguments

		decoder := json.NewDecoder(bytes.NewReader(encoded))
		decoder.DisallowUnknownFields()

		if err := decoder.Decode(&arguments); err != nil {
			return nil, fmt.Errorf("wrong arguments: %w", err)
		}

		return perform(arguments)
	}
}
