// Command talos-helper is Talos' own configuration library behind a line protocol, so that the lab has no merge, validation or
// certificate rules of its own. Each line on standard input is one JSON request, `{"id": 1, "op": "secrets", ...arguments}`;
// each is answered by one line, `{"id": 1, "result": {...}}` or `{"id": 1, "error": "text"}`, in the order in which they finish.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
)

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "talos-helper:", err)
		os.Exit(1)
	}
}

// serve answers every request of the input and returns once the last one is answered.
func serve(input io.Reader, output io.Writer) error {
	var (
		lines   = bufio.NewReader(input)
		answers = newAnswerWriter(output)
		running sync.WaitGroup
		// RSA keys take seconds: a slow request must not hold up the others, nor take every core twice.
		slots = make(chan struct{}, runtime.GOMAXPROCS(0))
	)

	defer running.Wait()

	for {
		line, err := lines.ReadBytes('\n')

		if len(line) > 1 {
			slots <- struct{}{}

			running.Go(func() {
				defer func() { <-slots }()

				answers.write(answer(line))
			})
		}

		if errors.Is(err, io.EOF) {
			return nil
		}

		if err != nil {
			return err
		}
	}
}
