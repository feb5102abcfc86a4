public import Foundation
public import Radiology

/// What can go wrong between the program and what it must not forget.
///
/// The sentences say what failed, what is safe and what to do. They carry no patient data.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file system or the database is full; what was stored before is untouched.
  case diskFull
  /// The store was made by a newer version; it was left as it is.
  case newerStore(found: Int, supported: Int)
  /// A file or folder cannot be read, made or written.
  case notPermitted(path: String)
  /// Something stored is not what was stored; the text names the part.
  case damaged(String)
  /// The store's file is not where it was opened: it was moved away, deleted or replaced.
  case gone
  /// Another program kept the store for longer than anybody should wait.
  case busy
  /// The operating system or the database refused for a reason of its own.
  case failed(String)
  /// No such study, object or model.
  case notFound
  /// Words that name more than one study.
  case ambiguous(count: Int)
  /// The study is signed; only an addendum can change what is said of it.
  case signed
  /// An addendum that adds nothing.
  case nothingNew
  /// Somebody decided something since the reader looked.
  case overtaken(by: String, at: Date)
  /// Another session has the study open.
  case locked(by: String, since: Date)
  /// The study was taken from this session, or lost by a long silence, and is free again.
  case claimLost
  /// No second reading or decision is wanted of this study.
  case notWaiting
  /// Whoever has read a study already is no second or third reader of it.
  case readBefore
  /// Concurrence with a call that is another one.
  case scoreContradicts
  /// Nobody is put off without being told why.
  case noReason
  /// A signature needs a name.
  case nobodySigns
  /// What has to be mended before the report can be signed.
  case blocked([SigningGuard.Objection])
  /// What the reader has to be asked before the report can be signed.
  case unasked([SigningGuard.Objection])
  /// A lesson that would put one patient into two parts.
  case patientInTwoParts
  /// A rejected model is never used.
  case rejectedModel
  /// A candidate was not tried beside the active model, or did not pass.
  case notPassed(ModelTrial.Verdict?)
  /// An answer to the same instruction has begun to leave.
  case released
  /// The audit log does not add up; counted from 1, the first event that is not what was written.
  case auditBroken(number: Int)

  public var description: String {
    switch self {
    case .diskFull:
      "The disk is full. Nothing stored before is lost; make room and do it again."
    case .newerStore(let found, let supported):
      "The store was made by a newer SecondLook (layout \(found), this one knows \(supported)). "
        + "Nothing was changed; use the newer program or another SECONDLOOK_HOME."
    case .notPermitted(let path):
      "\(path) cannot be used. Nothing was changed; see to its owner and permissions, or set "
        + "SECONDLOOK_HOME to a folder of your own."
    case .damaged(let part):
      "The store is damaged: \(part). Nothing was changed; take a copy of the folder, then "
        + "restore the last good backup."
    case .gone:
      "The store's file was moved, deleted or replaced while it was open. Nothing more is stored; "
        + "put it back or restore the last good backup, then start SecondLook anew."
    case .busy:
      "Another program is writing to the store. Nothing was changed; try again in a moment."
    case .failed(let reason):
      "The store refused: \(reason). Nothing was changed; try again, and see to the disk if it "
        + "happens again."
    case .notFound:
      "Nothing stored has that name; “secondlook worklist” shows what there is."
    case .ambiguous(let count):
      "\(count) studies have that name; give the whole Study Instance UID."
    case .signed:
      "The study is signed and stays as it is; begin an addendum to say more."
    case .nothingNew:
      "Nothing was signed or let out: it says nothing that the last version does not say."
    case .overtaken(let reader, let date):
      "The review was changed by \(reader) at \(Self.clock(date)). Nothing of it was overwritten; "
        + "look again."
    case .locked(let reader, let date):
      "The study is open by \(reader) since \(Self.clock(date)). Nothing was changed; it is free "
        + "when they leave it, or \(Int(Lease.term / 60)) minutes after their session ended."
    case .claimLost:
      "The study was in other hands meanwhile. Nothing was changed; open it anew."
    case .notWaiting:
      "Nothing was recorded: the study waits for no such reading. “secondlook second-look” lists "
        + "what does."
    case .readBefore:
      "Nothing was recorded: you have read this study already. Somebody else has to."
    case .scoreContradicts:
      "Nothing was recorded: score 1 says that you concur, and your call is another. Choose a "
        + "score from 2a to 4b."
    case .noReason:
      "Nothing was changed: a reason is needed. Say why in a few words."
    case .nobodySigns:
      "Not signed: nobody is named. Say who signs and sign again."
    case .blocked(let objections):
      "Not signed: \(Self.list(objections)). Mend this and sign again."
    case .unasked(let objections):
      "Not signed: \(Self.list(objections)). Confirm this and sign again."
    case .patientInTwoParts:
      "The lesson was not stored: its patient belongs to another part of the lessons already."
    case .rejectedModel:
      "The model was rejected and is not used; the active model stays."
    case .notPassed(nil):
      "The model was not tried beside the one that is active now. Nothing was changed; "
        + "“secondlook model gate ID” tries it."
    case .notPassed:
      "The model has not passed its trial. Nothing was changed; “secondlook model gate ID” shows "
        + "why, and “secondlook model promote ID --despite REASON” lets it sort all the same."
    case .released:
      "An answer to this instruction has begun to leave already, and there is never a second one. "
        + "Nothing was sent."
    case .auditBroken(let number):
      "The audit log was changed from outside: event \(number) is not what was written. Keep the "
        + "folder as it is and tell whoever answers for it."
    }
  }

  private static func clock(_ date: Date) -> String {
    date.formatted(
      Date.ISO8601FormatStyle(timeZone: .current).year().month().day().dateSeparator(.dash)
        .dateTimeSeparator(.space).time(includingFractionalSeconds: false))
  }

  private static func list(_ objections: [SigningGuard.Objection]) -> String {
    objections.map(\.text).joined(separator: "; ")
  }
}
