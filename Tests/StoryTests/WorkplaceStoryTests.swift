import Foundation
import TestSupport
import Testing

/// Keys, look and roles of `secondlook.toml`, in a real terminal and on the command line.
@Suite(
  "The department's configuration", .serialized,
  .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct WorkplaceStoryTests {
  private func withStudy(
    _ configuration: String, _ body: (_ program: Program) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    try Data(configuration.utf8).write(to: program.home.appending(path: "secondlook.toml"))
    try await body(program)
  }

  @Test("a reader's own keys are what the footer shows and what works")
  func ownKeys() async throws {
    let keys = """
      [workstation.keys]
      call = ["y"]
      "window lung" = ["F7"]
      """
    try await withStudy(keys) { program in
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as \"Dr Osei\"")
        try await window.shows("ACC0001")
        try await window.press("Enter")
        try await window.shows("not yet (y)", "y call")
        try await window.press("c")
        try await window.shows("c works")
        try await window.press("y", "s")
        try await window.shows("Called suspicious")
      }
    }
  }

  @Test(
    "keys that cannot be had are told in the shell with their line, and nothing is opened",
    arguments: [
      ("call = [\"x\"]", "line 2: [workstation.keys] call cannot have the key x"),
      ("frobnicate = [\"F7\"]", "line 2: [workstation.keys] frobnicate is no command"),
      ("call = [\"F77\"]", "line 2: [workstation.keys] call has “F77”, which is no key"),
    ])
  func mistake(line: String, complaint: String) async throws {
    try await withStudy("[workstation.keys]\n\(line)\n") { program in
      let outcome = try await program.run()
      #expect(outcome.status != 0)
      #expect(outcome.output.contains(complaint), "\(outcome.output)")
      #expect(outcome.output.contains("Nothing was started."))
    }
  }

  @Test("the look is the configuration's, unless an option or NO_COLOR says otherwise")
  func look() async throws {
    try await withStudy("[workstation]\ntheme = \"high-contrast\"\n") { program in
      let looks = [
        ("", "env -u NO_COLOR", true), ("", "NO_COLOR=1", false),
        ("--theme mono", "env -u NO_COLOR", false),
        ("--theme high-contrast", "NO_COLOR=1", true),
      ]
      for (option, setting, isOnBlack) in looks {
        try await Window.opened(for: program) { window in
          _ = try await window.begin(option, with: setting)
          try await window.shows("ACC0001")
          let escapes = try await window.screen(withEscapes: true)
          #expect(escapes.contains("48;5;16") == isOnBlack, "\(option) \(setting)")
        }
      }
    }
  }

  @Test("whoever has no role may look and nothing else, on screen and from the shell")
  func stranger() async throws {
    try await withStudy("[roles]\nreader = [\"no-such-group\"]\n") { program in
      for command in [
        ["review", "ACC0001", "--normal", "--as", "Dr Osei"],
        ["sign", "ACC0001", "--as", "Dr Osei"],
        ["import", SharedFiles.image.path], ["export", "ACC0001"],
        ["consent", "ACC0001", "--given", "--as", "Dr Osei"],
        ["model", "promote", "0", "--as", "Dr Osei"],
      ] {
        let outcome = try await program.run(Program.executable, command)
        #expect(outcome.status != 0)
        #expect(outcome.output.contains("which this machine does not know"), "\(outcome.output)")
        #expect(outcome.output.contains("Nothing was changed."))
      }
      #expect(try await program.run("worklist").output.contains("ACC0001"))
      try await Window.opened(for: program, columns: 160) { window in
        _ = try await window.begin("--as \"Dr Osei\"")
        try await window.shows(
          "ACC0001", "You may only look: [roles] names the group “no-such-group”")
        try await window.press("Enter")
        try await window.shows("not yet")
        try await window.press("c")
        try await window.shows("you may only look: [roles] names the group")
      }
      #expect(try await program.run("worklist", "--json").output.contains(#""state" : "unread""#))
    }
  }

  @Test("a group's role allows what it is there for, and names the role that is missing")
  func clinician() async throws {
    let name = try #require(getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) })
    try await withStudy("[roles]\nclinician = [\"\(name)\"]\n") { program in
      let refused = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      #expect(refused.status != 0)
      #expect(refused.output.contains("your role is clinician"))
      #expect(refused.output.contains("needs reader"))
      // Exporting is allowed; it is the missing signature that stops it.
      let unsigned = try await program.run("export", "ACC0001", "-o", program.folder.path)
      #expect(!unsigned.output.contains("role"), "\(unsigned.output)")
      // Their own screen is the first they see; where they left off is the first afterwards.
      try await Window.opened(for: program) { window in
        let process = try await window.begin("--as \"Dr Wu\"")
        try await window.shows("Find", "Type a name")
        try await window.press("Escape")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("q")
        try await window.hasEnded(process)
        _ = try await window.begin("--as \"Dr Wu\"")
        try await window.shows("Worklist", "ACC0001", "? help")
      }
    }
  }
}
