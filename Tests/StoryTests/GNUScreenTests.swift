import Foundation
import TestSupport
import Testing

/// The workstation within GNU screen, which is a terminal of its own between us and the window.
@Suite(
  "Within GNU screen", .serialized, .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: "/usr/bin/screen"), "screen is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct GNUScreenTests {
  @Test(
    "a study is found, opened, called and signed, and the shell is seen again as it was",
    arguments: ["screen", "screen-256color"])
  func readingDay(terminal: String) async throws {
    var program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    let sockets = program.folder.appending(path: "screens")
    try FileManager.default.createDirectory(
      at: sockets, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    program.environment["SCREENDIR"] = sockets.path
    let settings = program.folder.appending(path: "screenrc")
    try "startup_message off\naltscreen on\nterm \(terminal)\n".write(
      to: settings, atomically: true, encoding: .utf8)
    try await Window.opened(for: program) { window in
      try await window.type("/usr/bin/screen -U -c \(settings.path) sh")
      try await window.press("Enter")
      let before = try await window.shell("{ echo $TERM; stty -a; }")
      #expect(before.hasPrefix(terminal + "\n"))
      let process = try await window.begin("--as \"Dr Osei\"")
      let list = try await window.shows("Worklist", "ACC0001", "Müller, Zoë", "unread", "? help")
      #expect(list.contains("┌─ Worklist  1 ─"))
      try await window.press("Enter")
      try await window.shows("Image", "not yet (c)", "b new region")
      try await window.press("c", "n")
      try await window.shows("Called normal; S signs")
      try await window.press("r")
      try await window.shows("▸✓ Findings")
      try await window.press("Tab")
      try await window.shows("▸✓ Impression")
      try await window.type(" Nothing else.")
      try await window.press("C-s")
      try await window.shows("Type 0001 to sign")
      try await window.type("0001")
      try await window.press("Enter")
      try await window.shows("✓ Signed ACC0001", "1 signed")
      try await window.press("q")
      try await window.hasEnded(process)
      try await window.shows("{ echo $TERM")
      #expect(try await !window.screen().contains("Worklist"))
      #expect(try await window.shell("{ echo $TERM; stty -a; }") == before)
    }
    #expect(try await program.run("worklist", "--json").output.contains(#""state" : "final""#))
  }
}
