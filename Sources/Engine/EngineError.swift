/// What can go wrong between bytes, networks and oneDNN; never carries anything from an image.
public enum EngineError: Error, Sendable, Equatable {
  /// A network description that makes no sense: which node, and why.
  case invalidNetwork(node: String, problem: String)
  /// The parameters were made for another network; the first entry that differs, and its shapes
  /// where it has one in both.
  case parametersDoNotFit(entry: String, expected: [Int]? = nil, got: [Int]? = nil)
  /// Bytes that are not a parameter container.
  case damagedParameters(problem: String)
  /// A weight file whose content is not what its name promises.
  case digestMismatch(expected: String)
  /// A weight file could not be read or written; `code` is the system's errno.
  case file(operation: String, code: Int32)
  /// An array of the wrong length was handed in.
  case wrongCount(of: String, expected: Int, got: Int)
  /// The quantisation was made for another network; the first node that it does not know.
  case quantizationDoesNotFit(node: String)
  /// NaN or infinity where a number was needed; `what` names the array.
  case notFinite(what: String)
  /// An option out of its range.
  case invalidOption(name: String, problem: String)
  /// There is no room for an array of so many bytes.
  case outOfMemory(bytes: Int)
  /// The task was cancelled while work was under way.
  case cancelled
  /// oneDNN refused a call.
  case primitiveFailed(call: String, status: Int)
}

extension EngineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidNetwork(let node, let problem):
      "The network cannot be built: \(node): \(problem). Nothing was changed; correct the network."
    case .parametersDoNotFit(let entry, let expected, let got):
      "The weights belong to another network (first difference: \(entry)"
        + (expected.flatMap { expected in
          got.map { ", \(Self.shape($0)) instead of \(Self.shape(expected))" }
        } ?? "") + "). The weights in use are unchanged; choose weights made for this network."
    case .damagedParameters(let problem):
      "The weights cannot be read: \(problem). Nothing was loaded; fetch the file again."
    case .digestMismatch(let expected):
      "The weight file does not contain \(expected). Nothing was loaded; fetch the file again."
    case .file(let operation, let code):
      "The weight file failed at \(operation) (error \(code)). "
        + "Earlier files are untouched; check the folder and free space."
    case .wrongCount(let what, let expected, let got):
      "The \(what) should hold \(expected) numbers and hold \(got). Nothing was computed."
    case .quantizationDoesNotFit(let node):
      "The quantisation belongs to another network (first difference: \(node)). "
        + "Nothing was changed; quantise this model."
    case .notFinite(let what):
      "The \(what) contains a value that is not a number. The weights are as they were before."
    case .invalidOption(let name, let problem):
      "The option \(name) cannot be used: \(problem)."
    case .outOfMemory(let bytes):
      "There is no memory for \(bytes / 1_048_576) MiB more. Nothing was changed; close other "
        + "programs, or use a smaller batch."
    case .cancelled: "The work was called off. The weights are as they were before."
    case .primitiveFailed(let call, let status):
      "oneDNN refused \(call) (status \(status)). Nothing was saved; report the processor model."
    }
  }

  private static func shape(_ extents: [Int]) -> String {
    extents.map(String.init).joined(separator: " × ")
  }
}
