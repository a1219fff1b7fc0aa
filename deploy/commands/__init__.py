"""One module per subcommand, by group: HELP, add_arguments(parser) and run(arguments) -> exit code."""
