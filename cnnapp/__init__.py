"""Everything behind CNN Lab's pages: data sets, networks, training, looking inside; docs/architecture.md is the map."""
