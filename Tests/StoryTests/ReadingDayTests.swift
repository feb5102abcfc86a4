import Foundation
import Testing

/// A real terminal that types and looks.
struct Tmux {
  let name = "secondlook-\(UUID().uuidString.prefix(8))"

  @discardableResult
  func call(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/tmux")
    process.arguments = ["-L", name, "-f", "/dev/null"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  func type(_ keys: String...) throws {
    for key in keys { try call("send-keys", key) }
  }

  /// Looks until the screen shows the words, at most twenty seconds.
  func shows(_ words: String) throws -> Bool {
    for _ in 0..<200 {
      if try call("capture-pane", "-p").contains(words) { return true }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return false
  }

  func close() { _ = try? call("kill-server") }
}

@Suite struct ReadingDayTests {
  static let image =
    (ProcessInfo.processInfo.environment["SECONDLOOK_CONFORMANCE"] ?? "../shared/conformance")
    + "/source_dx.dcm"
  static let isPossible =
    FileManager.default.fileExists(atPath: image)
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/tmux")

  @Test(
    "a reader opens a study, calls it, signs it, and the report leaves",
    .enabled(if: isPossible, "tmux or SECONDLOOK_CONFORMANCE is not there"))
  func signed() throws {
    let program = Program()
    let tmux = Tmux()
    defer {
      tmux.close()
      program.clean()
    }
    #expect(try program.run("import", Self.image).status == 0)
    #expect(try program.run("import", Self.image).output.contains("1 known"))
    try tmux.call(
      "new-session", "-d", "-x", "100", "-y", "30",
      "env TERM=screen-256color SECONDLOOK_HOME=\(program.home.path) "
        + "\(Program.folder.path)/secondlook --as 'Dr Osei'; sleep 30")
    #expect(try tmux.shows("ACC0001"))
    try tmux.type("Enter")
    #expect(try tmux.shows("not for primary diagnosis"))
    try tmux.type("c")
    #expect(try tmux.shows("suspicious"))
    try tmux.type("n")
    #expect(try tmux.shows("✓ normal"))
    try tmux.type("S")
    #expect(try tmux.shows("Sign report"))
    // A region the model marked is asked about first; Enter says: all the same.
    for _ in 0..<6 where try !tmux.call("capture-pane", "-p").contains("Type 0001") {
      try tmux.type("Enter")
      Thread.sleep(forTimeInterval: 0.3)
    }
    try tmux.type("0", "0", "0", "1", "Enter")
    #expect(try tmux.shows("Signed ACC0001"))
    try tmux.type("q")
    let row = try program.run("worklist", "--json").output
    #expect(row.contains("\"state\" : \"final\""))
    let text = try program.run("export", "ACC0001", "--format", "text", "-o", program.home.path)
    #expect(text.status == 0)
    let sr = try program.run("export", "ACC0001", "--format", "sr", "-o", program.home.path)
    #expect(sr.status == 0)
    let path = sr.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test(
    "a call on the command line is signed, delivered once, and the audit chain holds",
    .enabled(if: isPossible, "tmux or SECONDLOOK_CONFORMANCE is not there"))
  func headless() throws {
    let program = Program()
    defer { program.clean() }
    _ = try program.run("import", Self.image)
    #expect(try program.run("sign", "ACC0001", "--as", "Dr Osei").status != 0)
    #expect(
      try program.run(
        "review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--as", "Dr Osei"
      ).status == 0)
    #expect(try program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
    #expect(try program.run("agent", "--once").output.contains("deliver: 1 done"))
    #expect(try program.run("agent", "--once").output.contains("deliver: 0 done"))
    #expect(try program.run("audit", "--verify").status == 0)
  }
}
