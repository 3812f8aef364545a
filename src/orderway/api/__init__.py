"""The JSON API, made from the registry: a command or query that is registered is here, described and guarded, with no file of its own."""
