import Foundation
import TestSupport

/// Many files through one of the conformance scripts in one Python, because loading its libraries
/// takes longer than the checks.
enum ScriptCheck {
  /// What the script says of each file; one that passes ends with `OK`.
  static func verdicts(of script: String, on files: [URL]) async throws -> [String] {
    guard let python = Tools.python else { return [] }
    let driver = """
      import contextlib, io, sys
      text = open(sys.argv[1], encoding='utf-8').read()
      code = compile(text, sys.argv[1], 'exec')
      for file in sys.argv[2:]:
          sys.argv = ['check', file]
          output, status = io.StringIO(), None
          with contextlib.redirect_stdout(output):
              try: exec(code, {'__name__': '__main__'})
              except SystemExit as end: status = end.code
              except Exception as error: print(repr(error))
          print(output.getvalue() + ('' if not status else ' (refused)'), end='\\0')
      """
    let place = Tools.conformance.appending(path: script).path
    let outcome = try await Tool(
      executable: URL(filePath: python), arguments: ["-c", driver, place] + files.map(\.path)
    ).outcome(within: .seconds(300))
    return outcome.output.split(separator: "\0").map {
      $0.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// The files that fhirkit finds a fault in, each with what it says.
  static func fhirkit(_ files: [URL]) async throws -> [String: String] {
    guard let python = Tools.python else { return [:] }
    let program = URL(filePath: python).deletingLastPathComponent().appending(path: "fhirkit")
    let outcome = try await Tool(
      executable: program, arguments: ["validate"] + files.map(\.path)
    ).outcome(within: .seconds(300))
    var faults: [String: String] = [:]
    var file: String?
    for line in outcome.output.split(separator: "\n") {
      if let known = files.first(where: { line.hasPrefix("\($0.path): ") }) {
        file = line.hasSuffix(": ok") ? nil : known.lastPathComponent
      }
      if let file { faults[file, default: ""] += "\(line)\n" }
    }
    if outcome.status != 0, faults.isEmpty { faults["fhirkit"] = outcome.output }
    return faults
  }
}
