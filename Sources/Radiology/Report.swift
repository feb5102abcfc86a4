public import Foundation

/// One version of the document a clinician reads; never overwritten.
public struct Report: Codable, Sendable, Hashable {
  /// How far it has come.
  ///
  /// Source: the states of PS3.3 C.17.2.2 and HL7 table 0085.
  public enum State: String, Codable, Sendable, CaseIterable {
    case draft, preliminary, final, addendum
  }

  /// A headed part, for example *Findings*.
  public struct Section: Codable, Sendable, Hashable {
    /// Names the section in the template, for example `impression`.
    public let key: String
    public let title: String
    public var text: String
    /// Signing is blocked while a required section is empty.
    public let isRequired: Bool
    /// What the template wrote here last: where the text differs, the words are the reader's.
    ///
    /// None for words that came from no template.
    public var drafted: String?
    /// How the study was called when the words were written; none before there was a call.
    public var call: Call?

    public init(
      key: String, title: String, text: String = "", isRequired: Bool = false,
      drafted: String? = nil, call: Call? = nil
    ) {
      self.key = key
      self.title = title
      self.text = text
      self.isRequired = isRequired
      self.drafted = drafted
      self.call = call
    }

    public var isEmpty: Bool { text.allSatisfy(\.isWhitespace) }

    /// Puts the reader's words here, written under the call of a review.
    public mutating func write(_ text: String, under review: Review) {
      self.text = text
      call = review.call
    }
  }

  public let study: Study.ID
  /// Counted from 1; drafts are version 0 until signed, and preliminary ones counted apart.
  public var version: Int
  public var state: State
  public var sections: [Section]
  public var author: String
  public var changed: Date
  /// None until signed.
  public var signed: Date?
  /// What the reader was asked before signing and signed all the same.
  public var acknowledged: [String]

  public init(
    study: Study.ID, version: Int = 0, state: State = .draft, sections: [Section],
    author: String, changed: Date, signed: Date? = nil, acknowledged: [String] = []
  ) {
    self.study = study
    self.version = version
    self.state = state
    self.sections = sections
    self.author = author
    self.changed = changed
    self.signed = signed
    self.acknowledged = acknowledged
  }

  public var isSigned: Bool { signed != nil }
  /// Somebody waits for it and has it: signed, or let out before as preliminary.
  public var isGiven: Bool { isSigned || state == .preliminary }

  public func text(of key: String) -> String { sections.first { $0.key == key }?.text ?? "" }

  /// Whether another report says the same, word for word.
  public func says(theSameAs other: Report) -> Bool {
    func words(_ report: Report) -> [[String]] {
      report.sections.filter { !$0.isEmpty }.map { [$0.key, $0.text] }
    }
    return words(self) == words(other)
  }
}
