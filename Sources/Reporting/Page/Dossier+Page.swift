public import Foundation
public import Radiology

extension Dossier {
  /// What `secondlook-page` makes a PDF of: the page a clinician would print.
  ///
  /// `pictures` are those of ``keyImages()``, in their order; where one could not be made the page
  /// says so. It depends on nothing but its inputs.
  public func page(
    letterhead: Letterhead = .none, pictures: [PagePicture?], made: Date,
    timeZone: TimeZone = .current
  ) throws(ReportingError) -> Data {
    let images = try keyImages()
    precondition(pictures.count == images.count, "each key image has a picture or none")
    let clock = Clock(timeZone: timeZone)
    let state = report.documentState
    var page = PageDescription(
      title: "Radiology report, \(state)", author: report?.author.personal ?? "", created: made,
      footer: ([Self.researchCaution] + footer(state)).joined(separator: " "))
    page.blocks = letterhead.lines.map { .letterhead($0) }
    page.blocks.append(.banner("Radiology report: \(state)"))
    page.blocks += [syntheticCaution, unsignedCaution].compactMap(\.self).map { .caution($0) }
    page.blocks += headed("Patient and study", patientFacts.map { .field($0) })
    page.blocks += sectionBlocks
    page.blocks += headed("Regions", regionStatements.map { .text($0) }, else: "None.")
    for (index, (image, picture)) in zip(images, pictures).enumerated() {
      if index == 0 { page.blocks.append(.heading("Key images")) }
      page.blocks.append(
        picture.map { .picture($0, caption: image.caption) }
          ?? .text("\(image.caption). The picture could not be made; look at the image itself."))
    }
    page.blocks += headed(
      "Signature", signatureFacts(clock).map { .field($0) } + acknowledgements.map { .bullet($0) },
      else: "There is no report yet.")
    page.blocks += headed(
      "Model", modelFacts(clock).map { .field($0) } + limits.map { .bullet("Limit: \($0)") },
      else: "No model has looked at this study.")
    page.blocks.append(.caution(Self.researchCaution))
    return page.encoded
  }

  private var sectionBlocks: [PageDescription.Block] {
    guard let report else { return [] }
    return report.sections.filter { $0.isRequired || !$0.isEmpty }.flatMap { section in
      headed(
        section.title,
        section.text.printableLines.filter { !$0.isEmpty }.map { .text($0) }, else: "(empty)")
    }
  }

  /// Whose page it is, should it get lost from the others.
  private func footer(_ state: String) -> [String] {
    let version = report.map { $0.isGiven ? "version \($0.version)" : "" } ?? ""
    let whose = [patient.name.personal, patient.identifier, study.date?.dashedDate]
    return [(whose + [state, version]).compacted.joined(separator: ", ")]
  }

  private func headed(
    _ title: String, _ blocks: [PageDescription.Block], else nothing: String = "Nothing."
  ) -> [PageDescription.Block] {
    [.heading(title)] + (blocks.isEmpty ? [.text(nothing)] : blocks)
  }
}
