/// Why a consortium cannot be led, or its roster not be believed; never says anything of a patient.
///
/// The texts say what failed, what is safe, and what to do.
public enum ConsortiumError: Error, Equatable, Sendable {
  // The roster.
  case rosterUnusable(String)
  case rosterUnsigned
  case rosterOlder(number: Int, seen: Int)
  case notOnRoster(consortium: String)
  case noSuchMember(String)
  case noRoster(folder: String)
  case unreadableKey
  // The run.
  case planUnusable(String)
  case noQuorum(round: Int, got: Int, needed: Int, reason: String)
  case otherModel
  case otherPlan([ChangedOption], folder: String)
  case modelNotFinite
  // The folder.
  case notKept(place: String, reason: String)
  case damaged(place: String, reason: String)
  case ledgerBroken(line: Int, reason: String)
  case inUse(folder: String)
}

extension ConsortiumError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rosterUnusable(let why): "The roster cannot be used: \(why) Nothing was changed."
    case .rosterUnsigned:
      "The roster is not signed by the coordinator whose key is pinned here, or was changed since. "
        + "Nothing left this site. Ask the coordinator, over another way, for its roster and key."
    case .rosterOlder(let number, let seen):
      "The roster has number \(number), and number \(seen) was seen already: somebody shows an old "
        + "one. Nothing left this site. Ask the coordinator."
    case .notOnRoster(let consortium):
      "This site's key is not on the roster of \(consortium). Nothing left this site. If that is a "
        + "mistake, give the coordinator the public key again."
    case .noSuchMember(let name):
      "The roster has nobody called “\(name)”; nothing was changed. secondlook federation roster "
        + "show lists who is on it."
    case .noRoster(let folder):
      "There is no roster in \(folder) yet. Begin one: secondlook federation roster add NAME KEY "
        + "--folder \(folder)"
    case .unreadableKey:
      "That is no public key of a site; nothing was changed. It is PEM that begins with BEGIN "
        + "PUBLIC KEY, or one line that begins with ecdsa-sha2-nistp384."
    case .planUnusable(let why): "The rounds cannot be led so: \(why) Nothing was sent."
    case .noQuorum(let round, let got, let needed, let reason):
      "Round \(round): \(got) of at least \(needed) sites \(reason). The model of round "
        + "\(round - 1) is kept; start it again when more are there."
    case .otherModel:
      "The folder holds the rounds of another model, and is unchanged. Leave the model out to go on "
        + "with them, or take a new folder."
    case .otherPlan(let options, let folder):
      "The rounds of \(folder) were begun otherwise: "
        + options.map(\.description).joined(separator: "; ")
        + ". Nothing was sent. Give the same options to go on with them, or take a new folder, with "
        + "--model for what was learned so far."
    case .modelNotFinite:
      "The model to begin with has values that are no numbers. Nothing was sent; take another."
    case .notKept(let place, let reason):
      "\(place) cannot be written: \(reason). The last round that ended is kept. Make room or give "
        + "this account the right to write there, and start it again."
    case .damaged(let place, let reason):
      "\(place) cannot be used: \(reason). Nothing was changed. Take it back from a backup, or begin "
        + "in a new folder."
    case .ledgerBroken(let line, let reason):
      "Line \(line) of the ledger \(reason): from there on it is no evidence. Nothing was changed. "
        + "Take the folder back from a backup, or begin in a new one."
    case .inUse(let folder):
      "Another program leads the rounds of \(folder) at this moment. Nothing was changed; stop that "
        + "one first."
    }
  }
}
