public import Foundation

/// What the background program could not do; never says anything of a patient.
public enum AgentError: Error, Equatable, CustomStringConvertible {
  case nothingThere(path: String)
  /// No file there is an image by its name.
  case nothingToTake(paths: [String])
  case nothingRead
  /// Another agent works on this store.
  case agentRuns(pid: Int?)
  /// Taken files that could not leave the inbox.
  case inboxNotCleared(files: Int)
  /// An inbox in which the store itself lies, or that lies in it.
  case inboxIsStore(path: String)
  /// Labelled pictures without a manifest, or a manifest nothing follows from.
  case dataNotUsable(String)
  /// Too few sites brought an update, for the reasons given.
  case roundFailed(Int, why: String)
  case noModel
  case modelNotUsable(String)
  case noPicture(String)
  /// A PDF that could not be made.
  case pageNotSet(reason: String)
  case notSigned
  /// Images of a study that have to stay.
  case notForTeaching(reason: String)
  /// Files that had to stay while others were written.
  case heldBack(files: Int)
  /// A support bundle in which something of a patient was found.
  case identityInBundle
  /// Signed, and no addendum was begun.
  case signedAlready(by: String, at: Date)
  case nothingToAddTo
  /// A report without a section of that key.
  case noSection(String)
  case noRegion(String)
  case notWritten(path: String, reason: String)
  /// A folder for the demo that holds something no demo made.
  case notADemo(path: String)
  /// A folder for the demo that is another user's.
  case notYours(path: String)
  case demoRuns(path: String)

  public var description: String {
    switch self {
    case .nothingThere(let path):
      "There is nothing at “\(path)”; nothing was changed. Give a file or a folder that exists."
    case .nothingToTake(let paths):
      "There is nothing to import in \(paths.map { "“\($0)”" }.joined(separator: ", ")): no file "
        + "there is an image. Nothing was changed."
    case .inboxNotCleared(let files):
      "Files of the inbox were taken and cannot leave it: \(files). See to the owner and "
        + "permissions of the folder."
    case .inboxIsStore(let path):
      "“\(path)” is where the store keeps its own files, and what is taken from an inbox leaves it. "
        + "Nothing was taken; give a folder of its own."
    case .agentRuns(let pid):
      "An agent runs on this store already\(pid.map { " (process \($0))" } ?? ""); nothing was "
        + "started."
    case .nothingRead:
      "Not one of the files could be read; the list above says why. They are kept as refused."
    case .dataNotUsable(let why): "The labelled pictures cannot be used: \(why)"
    case .roundFailed(let round, let why): "Round \(round) ended without a model. \(why)"
    case .noModel:
      "There is no model yet, so nothing was triaged; “secondlook model add FOLDER” brings one."
    case .modelNotUsable(let why): "The model cannot be used: \(why)"
    case .noPicture(let why): "There is no picture to show: \(why)"
    case .pageNotSet(let reason):
      "The page could not be set, and nothing was written. \(reason)"
    case .notForTeaching(let reason):
      "The study is not exported, and nothing was written. \(reason)"
    case .heldBack(let files):
      "Files that had to stay: \(files); what could leave safely was written. --verbose lists "
        + "them, --partial accepts it."
    case .identityInBundle:
      "The bundle would have named a patient, an order or an image of the store, so it was not "
        + "written. Send “secondlook status” by hand instead, and tell that this happened."
    case .notSigned: "The report is not signed, so it does not leave; sign it first."
    case .signedAlready(let reader, let date):
      "The report is signed already, by \(reader) at \(date.formatted(.iso8601)); nothing was "
        + "changed. --addendum TEXT says more."
    case .nothingToAddTo:
      "The report is not signed yet, so an addendum has nothing to follow; nothing was changed."
    case .noSection(let key):
      "The report of this study has no section “\(key)”; nothing was changed."
    case .noRegion(let name):
      "The study has no region “\(name.prefix(8))”; “secondlook show” lists them. Nothing was changed."
    case .notWritten(let path, let reason):
      "“\(path)” could not be written (\(reason)); the store is unchanged."
    case .notADemo(let path):
      "“\(path)” holds something that no demo made; nothing was changed. Give --home an empty "
        + "folder, or one of an earlier demo."
    case .notYours(let path):
      "“\(path)” belongs to another user; nothing was changed. Give --home a folder of your own."
    case .demoRuns(let path):
      "Another demo is open in “\(path)”; nothing was changed. Leave it first, or give --home "
        + "another folder."
    }
  }
}
