/// Why a measurement could not be made.
enum BenchError: Error, Equatable {
  /// The peers could not be installed; the last thing the installer said.
  case notInstalled(String)
  /// Whoever was asked does not want them installed.
  case declined
  /// A process that was measured failed; its name and the last thing it said.
  case failed(process: String, saying: String)
}

extension BenchError: CustomStringConvertible {
  var description: String {
    switch self {
    case .notInstalled(let reason):
      "The peers could not be installed (\(reason)). "
        + "Leave out --peers, or install python3-venv and check the network."
    case .declined: "Nothing was installed. Leave out --peers to measure without them."
    case .failed(let process, let words):
      "\(process) failed: \(words.isEmpty ? "it said nothing" : words). Nothing was changed."
    }
  }
}
