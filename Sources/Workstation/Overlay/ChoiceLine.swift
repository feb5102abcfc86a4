import Terminal

/// One of several things to choose from, with an arrow before the chosen one.
func choiceLine(_ text: String, isChosen: Bool) -> [Span] {
  [
    Span(isChosen ? "▸ " : "  ", style: .accent),
    Span(text, style: isChosen ? .text.bold : .text),
  ]
}
