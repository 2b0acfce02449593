// Command kube is the lab's Kubernetes control plane in one binary: its first argument names the part to run and the rest are
// that part's own arguments. One binary shares the libraries of its parts, which keeps build time and disk low.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // CronJobs may name time zones

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const usage = "usage: kube apiserver|controller-manager|scheduler|etcd [flags]"

func main() {
	if len(os.Args) < 2 {
		fail()
	}

	part, arguments := os.Args[1], os.Args[2:]

	switch part {
	case "apiserver":
		runKubernetes(apiserver.NewAPIServerCommand(), arguments)
	case "controller-manager":
		runKubernetes(controllermanager.NewControllerManagerCommand(), arguments)
	case "scheduler":
		runKubernetes(scheduler.NewSchedulerCommand(), arguments)
	case "etcd":
		os.Args = append([]string{"etcd"}, arguments...)
		etcdmain.Main(os.Args)
	default:
		fail()
	}
}

// runKubernetes runs a component as its own binary would, which reads its flags from os.Args as well.
func runKubernetes(command *cobra.Command, arguments []string) {
	os.Args = append([]string{command.Name()}, arguments...)
	os.Exit(cli.Run(command))
}

func fail() {
	fmt.Fprintln(os.Stderr, usage)
	os.Exit(2)
}
