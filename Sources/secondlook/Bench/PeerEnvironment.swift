import Foundation
import Reporting

/// A Python environment with the peers in it, made when it is first needed and kept.
struct PeerEnvironment {
  /// The script that runs the peers.
  let script: URL
  let python: URL

  /// What is measured.
  enum Kind: String {
    /// Networks: PyTorch, ONNX Runtime and OpenVINO.
    case engines = "peers"
    /// DICOM headers: pydicom.
    case headers = "peers-dicom"
    /// Documents: highdicom and fhir.resources.
    case documents = "peers-documents"
    /// Federations: Flower.
    case federation = "peers-federation"

    var packages: [String] {
      switch self {
      case .engines: ["torch==2.13.0+cpu", "onnxruntime", "openvino", "onnx", "numpy"]
      case .headers: ["pydicom==3.0.2"]
      case .documents: ["highdicom==0.28.2", "fhir.resources==8.3.0", "pydicom==3.0.2"]
      case .federation: ["flwr==1.41.0"]
      }
    }

    /// What it takes, for whoever is asked.
    var price: String {
      switch self {
      case .engines: "The peers (PyTorch, ONNX Runtime, OpenVINO) take about 1.3 GB"
      case .headers: "The peer (pydicom) takes about 20 MB"
      case .documents: "The peers (highdicom, fhir.resources) take about 200 MB"
      case .federation: "The peer (Flower) takes about 300 MB"
      }
    }
  }

  /// Where wheels for processors alone lie, should the usual index have none.
  private static let torchIndex = "https://download.pytorch.org/whl/cpu"

  /// `$XDG_CACHE_HOME/secondlook/peers`, else the same in `~/.cache`.
  static func folder(
    _ kind: Kind = .engines, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    let cache =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return cache.appending(path: "secondlook/\(kind.rawValue)", directoryHint: .isDirectory)
  }

  /// Finds the environment, or makes it after asking.
  ///
  /// - Throws: ``BenchError/declined``, ``BenchError/notInstalled(_:)``.
  static func prepared(_ kind: Kind = .engines) throws -> Self {
    let folder = folder(kind)
    let packages = kind.packages
    let peers = Self(
      script: try Assets.folder().appending(path: "bench/peers.py"),
      python: folder.appending(path: "bin/python"))
    // Written last, so that an installation that broke off is done again.
    let mark = folder.appending(path: "ready")
    let wanted = packages.joined(separator: "\n")
    if (try? String(contentsOf: mark, encoding: .utf8)) == wanted { return peers }
    guard isAgreed(to: kind, in: folder) else { throw BenchError.declined }
    warn("Installing \(packages.joined(separator: ", ")); this takes some minutes …")
    try install("/usr/bin/env", ["python3", "-m", "venv", folder.path])
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages
    do {
      try install(peers.python.path, pip)
    } catch BenchError.notInstalled {
      try install(peers.python.path, pip + ["--extra-index-url", torchIndex])
    }
    try wanted.write(to: mark, atomically: true, encoding: .utf8)
    return peers
  }

  /// Asks on a terminal; elsewhere, and where YES or CI is set, whoever asked for peers agrees.
  private static func isAgreed(to kind: Kind, in folder: URL) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    if environment["YES"]?.isEmpty == false || environment["CI"] == "true" || isatty(0) == 0 {
      return true
    }
    warn("\(kind.price) in \(folder.path).")
    warn("Install them now? [y/N]")
    return readLine()?.lowercased().hasPrefix("y") ?? false
  }

  private static func install(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let leftover = Leftovers.add { [pid = process.processIdentifier] in kill(pid, SIGKILL) }
    defer { Leftovers.forget(leftover) }
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchError.notInstalled(lastLine(of: said) ?? "status \(process.terminationStatus)")
    }
  }
}

/// The last line in which something is said.
func lastLine(of bytes: Data) -> String? {
  String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map(String.init)
}
