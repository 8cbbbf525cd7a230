"""What agents may call: the same tools by MCP and as tools of llm."""
