module hearth.invalid/toolchain/promtool
go 1.25
require github.com/prometheus/prometheus v0.309.1
