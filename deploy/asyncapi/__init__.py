"""AsyncAPI 3: a document per service, from the contracts, the topics' pages and the golden examples."""
