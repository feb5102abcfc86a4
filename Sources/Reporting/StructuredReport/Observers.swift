import DICOM
import Radiology

extension Station {
  /// Who observed: this installation.
  ///
  /// Source: PS3.16 TID 1002 and 1004.
  var observerContext: [ContentItem] {
    var items = [
      ContentItem(.hasObservationContext, .observerType, .code(.device)),
      ContentItem(.hasObservationContext, .deviceObserverUID, .uid(uid)),
    ]
    let texts: [(Concept, String)] = [
      (.deviceObserverName, name), (.deviceObserverManufacturer, Station.manufacturer),
      (.deviceObserverModelName, Station.model), (.deviceObserverSerialNumber, serialNumber),
    ]
    for (concept, text) in texts {
      items += ContentItem.text(.hasObservationContext, concept, text)
    }
    return items
  }
}

extension ObjectHead {
  /// Who observed: this installation, then the reader who let the report out.
  ///
  /// Source: PS3.16 TID 1002.
  func observerContext() throws(ReportingError) -> [ContentItem] {
    guard let report = dossier.report, report.isGiven else { return station.observerContext }
    let reader = try Reader(report.author)
    return station.observerContext
      + reader.observerContext(
        organization: organization, role: report.isSigned ? .verifying : .performing)
  }

  /// Whom the reader speaks for; never empty.
  var organization: String {
    let named = station.organization.printable
    return named.isEmpty ? "Organization not stated" : named
  }
}

/// A reader as DICOM names people.
struct Reader: Hashable, Sendable {
  let name: String

  /// - Throws: ``ReportingError/unusableName`` for what value representation PN cannot hold.
  init(_ name: String) throws(ReportingError) {
    let clean = name.printable
    var probe = DataSet()
    guard !clean.isEmpty, (try? probe.set(.personName, clean)) != nil else { throw .unusableName }
    self.name = clean
  }

  /// Who observed: this reader.
  ///
  /// Source: PS3.16 TID 1002 and 1003.
  func observerContext(organization: String, role: Concept) -> [ContentItem] {
    [
      ContentItem(.hasObservationContext, .observerType, .code(.person)),
      ContentItem(.hasObservationContext, .personObserverName, .person(name)),
    ] + ContentItem.text(.hasObservationContext, .personObserverOrganization, organization) + [
      ContentItem(.hasObservationContext, .personObserverRole, .code(role))
    ]
  }
}

extension ContentItem {
  /// A text node without anything unprintable; none where nothing is left.
  static func text(_ relationship: Relationship, _ name: Concept, _ text: String) -> [ContentItem] {
    let clean = text.printableLines.joined(separator: "\n")
    guard clean.contains(where: { !$0.isWhitespace }) else { return [] }
    return [ContentItem(relationship, name, .text(clean))]
  }
}
