import Foundation

/// Many documents through `check_sr.py` in one Python, because loading its libraries takes longer
/// than the checks.
enum StructuredReportCheck {
  /// What the check says of each document and its image; one that passes ends with `OK`.
  static func verdicts(on pairs: [(document: URL, source: URL)]) throws -> [String] {
    guard let python = Tools.python else { return [] }
    // The script's first table is replaced in its next line and takes ten seconds to make.
    let driver = """
      import contextlib, io, sys
      text = ''.join(l for l in open(sys.argv[1], encoding='utf-8') if not l.startswith('known = {('))
      code = compile(text, sys.argv[1], 'exec')
      pairs = sys.argv[2:]
      for document, source in zip(pairs[::2], pairs[1::2]):
          sys.argv = ['check_sr.py', document, source]
          output, status = io.StringIO(), None
          with contextlib.redirect_stdout(output):
              try: exec(code, {'__name__': '__main__'})
              except SystemExit as end: status = end.code
              except Exception as error: print(repr(error))
          print(output.getvalue() + ('' if status == 0 else ' (refused)'), end='\\0')
      """
    let script = Tools.conformance.appending(path: "check_sr.py").path
    let outcome = try Tools.run(
      python, ["-c", driver, script] + pairs.flatMap { [$0.document.path, $0.source.path] })
    return outcome.output.split(separator: "\0").map {
      $0.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
