import Foundation
import GRDB
import TestSupport
import Testing

/// What is wrong is said in a sentence with what to do, and what was stored stays.
@Suite struct BadInputTests {
  private let honest = PNGBytes.make(columns: 64, rows: 64)
  private let other = PNGBytes.make(columns: 64, rows: 32)

  @Test(
    "a picture whose header lies is refused with the reason, and the others stay",
    arguments: [(60_000, 60_000), (64, 4_000), (0, 64)])
  func lyingHeader(columns: Int, rows: Int) async throws {
    let program = try await withPicture()
    defer { program.clean() }
    let lying = PNGBytes.make(columns: 64, rows: 64, stated: (columns, rows))
    let folder = try program.pictures(["lying.png": lying], manifest: "file\nlying.png\n")
    let outcome = try await program.run("import", folder, "--verbose")
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("1 file: 0 new, 0 known, 1 refused"))
    #expect(outcome.output.contains(#/lying.png +[A-Z][^.]+\./#))
    #expect(outcome.output.contains("Not one of the files could be read"))
    #expect(try await program.studies().count == 2)
    #expect(try await program.run("worklist").output.contains("P1"))
  }

  @Test("unknown columns and labels are named, and the rows that can be used are")
  func manifest() async throws {
    let program = try Program()
    defer { program.clean() }
    let folder = try program.pictures(
      ["a.png": honest, "b.png": other],
      manifest: "file,label,colour\na.png,normal,red\nb.png,odd\u{1b}[31m,red\n")
    let outcome = try await program.run("import", folder, "--no-triage")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Column “colour” is unknown and was ignored; known are: file,"))
    #expect(
      outcome.output.contains(
        "Row 3 was left out: label “odd?[31m” is unknown; use normal, suspicious or nothing."))
    #expect(outcome.output.contains("2 files: 1 new, 0 known, 1 refused"))
    #expect(outcome.output.contains("Its row in manifest.csv was left out: its label is unknown"))
  }

  @Test("a manifest without a column for the files reads nothing and says which is missing")
  func manifestWithoutFiles() async throws {
    let program = try await withPicture()
    defer { program.clean() }
    let folder = try program.pictures(["b.png": other], manifest: "picture,label\nb.png,normal\n")
    let outcome = try await program.run("import", folder)
    #expect(outcome.status != 0)
    #expect(
      outcome.output.contains("The manifest has no column “file”; its first line has to name it."))
    #expect(try await program.run("worklist").output.contains("P1"))
  }

  @Test("a store of a newer version is left to the newer program")
  func newerStore() async throws {
    let program = try await withPicture()
    defer { program.clean() }
    try program.setLayout(99)
    let before = try Data(contentsOf: program.database)
    let outcome = try await program.run("worklist")
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("made by a newer SecondLook (layout 99, this one knows"))
    #expect(outcome.output.contains("use the newer program or another SECONDLOOK_HOME."))
    #expect(outcome.output.split(separator: "\n").count == 1)
    #expect(try Data(contentsOf: program.database) == before)
    try program.setLayout(1)
    #expect(try await program.studies().count == 1)
  }

  @Test("a full disk is said to be full, and with room again the same command works")
  func fullDisk() async throws {
    var program = try Program()
    defer { program.clean() }
    try FileManager.default.createDirectory(at: program.home, withIntermediateDirectories: true)
    program.environment = [
      "FIRST": try program.pictures(["a.png": honest], manifest: "file,patient\na.png,P1\n"),
      "SECOND": try program.pictures(["b.png": other], manifest: "file,patient\nb.png,P2\n"),
      "STORY": Self.story,
    ]
    let outcome = try await program.shell(Self.smallDisk)
    let parts = outcome.output.components(separatedBy: "---\n")
    try #require(parts.count == 4, "\(outcome)")
    let reason = parts[0].contains("limited") ? "The store refused" : "The disk is full."
    #expect(parts[1].contains("Error: \(reason)"))
    #expect(parts[1].hasSuffix("again.\nstatus 1\n") || parts[1].hasSuffix("again.\nstatus 1"))
    #expect(parts[2].contains("P1"))
    #expect(!parts[2].contains("P2"))
    #expect(parts[3].contains("1 file: 1 new, 0 known, 0 refused"))
    #expect(parts[3].contains("none changed, none missing."))
    #expect(outcome.status == 0)
  }

  /// One study is stored, a second one finds no room, and then finds it.
  private static let story = """
    "$PROGRAM" import "$FIRST" --no-triage || exit 3
    echo ---
    tight "$PROGRAM" import "$SECOND" --no-triage
    echo ---
    "$PROGRAM" worklist
    echo ---
    "$PROGRAM" import "$SECOND" --no-triage && "$PROGRAM" audit --verify
    """

  /// Tells the story on a disk of 16 MiB in memory that nobody else sees.
  ///
  /// Where nothing may be mounted, no file may grow instead; `tight` runs a command while there is
  /// no room.
  private static let smallDisk = """
    mount='mount -t tmpfs -o size=16m none "$SECONDLOOK_HOME"'
    tight='tight() {
      cat /dev/zero 2>&- > "$SECONDLOOK_HOME/ballast"; "$@"; echo "status $?"
      rm "$SECONDLOOK_HOME/ballast"
    }'
    for way in -m -rm; do
      unshare $way sh -c "$mount" 2>&- && exec unshare $way sh -c "$mount; $tight; $STORY"
    done
    echo limited
    tight() { (trap '' XFSZ; ulimit -f 1; "$@"; echo "status $?") 2>&1 | cat; }
    eval "$STORY"
    """

  @Test("without a model nothing is judged, and it says how to bring one")
  func noModel() async throws {
    var program = try Program()
    defer { program.clean() }
    let assets = program.folder.appending(path: "assets")
    try FileManager.default.copyItem(at: Self.assets, to: assets)
    try FileManager.default.removeItem(at: assets.appending(path: "models"))
    program.environment = ["SECONDLOOK_ASSETS": assets.path]
    let folder = try program.pictures(["a.png": honest], manifest: "file,patient\na.png,P1\n")
    let outcome = try await program.run("import", folder)
    #expect(outcome.status == 0)
    #expect(!outcome.output.contains("studies triaged"))
    #expect(
      outcome.output.contains("nothing was triaged; “secondlook model add FOLDER” brings one."))
    #expect(try await program.run("worklist").output.contains("undetermined"))
    #expect(try await program.run("model", "show").status != 0)
  }

  private static let assets = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../assets").standardizedFileURL

  /// A program whose store holds the picture of patient P1.
  private func withPicture() async throws -> Program {
    let program = try Program()
    let folder = try program.pictures(["a.png": honest], manifest: "file,patient\na.png,P1\n")
    let outcome = try await program.run("import", folder, "--no-triage")
    try #require(outcome.status == 0, "\(outcome)")
    return program
  }
}

extension Program {
  fileprivate var database: URL { home.appending(path: "secondlook.sqlite") }

  /// Makes a folder of pictures with a manifest, and answers its path.
  fileprivate func pictures(_ files: [String: [UInt8]], manifest: String) throws -> String {
    let folder = folder.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
    try Data(manifest.utf8).write(to: folder.appending(path: "manifest.csv"))
    return folder.path
  }

  /// Rows of the worklist.
  fileprivate func studies() async throws -> [[String: Any]] {
    let json = try await run("worklist", "--json").output
    let rows = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
    return try #require(rows)
  }

  /// Says that a version with another layout made the store.
  fileprivate func setLayout(_ layout: Int) throws {
    let queue = try DatabaseQueue(path: database.path)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = \(layout)") }
    try queue.close()
  }
}
