import Agent
import ArgumentParser
import Foundation
import Gateway
import Radiology
import Reporting
import Store

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Folder of the store.",
      discussion: "Default: SECONDLOOK_HOME, else the XDG data home with /secondlook.",
      valueName: "folder"))
  var home: String?

  /// Opens the store, and gives a new one the model that comes with the program.
  func open() throws -> LocalSite { try LocalSite(home: folder) }

  /// Opens the store for something that not everybody may do.
  ///
  /// - Throws: `RightsError` if the person may not, before anything is touched.
  func open(to act: Act) throws -> LocalSite {
    try RightsError.check(.here(at: folder), act)
    return try open()
  }

  /// Where the store is, or would be.
  var folder: URL {
    home.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? Store.defaultHome()
  }
}

/// One hospital's SecondLook on this machine: its store, its models, its pictures.
struct LocalSite: Sendable {
  let home: URL
  let store: Store
  let shelf: ModelShelf
  let pictures: PictureShelf
  /// Code table, report templates and shipped models.
  let assets: URL

  init(home: URL, startsWithShipped: Bool = true) throws {
    self.home = home
    store = try Self.openStore(home: home)
    shelf = ModelShelf(store: store, home: home)
    pictures = try PictureShelf(store: store)
    assets = try Assets.folder()
    if startsWithShipped { try shelf.startWithShipped(from: assets, at: Date()) }
  }

  /// Opens the store, and says how far it has come where that takes a while.
  private static func openStore(home: URL) throws -> Store {
    let line = ProgressLine()
    defer { line.clear() }
    return try Store(
      home: home,
      progress: { upkeep in
        switch upkeep {
        case .layout: line.show("Bringing the store up to date; it stays whole if you stop …")
        case .studies(let done, let all):
          line.show(
            "Bringing the store up to date \(bar(Double(done) / Double(all))) "
              + "\(done) of \(all) studies")
        }
      })
  }

  func ingest(source: String = "import", consent: Consent = .notGiven) -> Ingest {
    Ingest(store: store, pictures: pictures, source: source, consent: consent)
  }

  var reading: ReadStage { ReadStage(store: store, shelf: shelf, pictures: pictures) }

  func gate(under rules: ModelRules) -> ModelGate {
    ModelGate(
      store: store, shelf: shelf, pictures: pictures, site: ProcessInfo.processInfo.hostName,
      rules: rules)
  }

  var desk: ReadingDesk { ReadingDesk(store: store, pictures: pictures, assets: assets) }

  /// What the department wants to be asked about, by `secondlook.toml` of the store's folder.
  ///
  /// - Throws: `ConfigurationError` if there is a mistake in it.
  func rules() throws -> ReadingRules { try Workplace.read(home: home).reading }

  func exporter() throws -> Exporter {
    try Exporter(
      store: store, shelf: shelf, pictures: pictures, assets: assets,
      letterhead: Workplace.read(home: home).letterhead)
  }
}
