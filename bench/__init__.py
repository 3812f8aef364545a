"""The benchmarks: what Orderway costs, as a ratio to a limit measured in the same run. See docs/explanation/performance.md."""
