"""Sub-commands of io-linkage, each module registering its own; imported when the command runs."""
