public import Foundation
public import Radiology

extension Report {
  /// A draft that says what the reader has decided so far, in the template's sentences.
  ///
  /// Rejected regions do not appear and regions nobody reviewed are said to be so. The model's
  /// own class never becomes a sentence: only the reader's call does. Where no image could be
  /// read, a section that has a sentence for that says nothing of the call.
  /// `orientations` is Patient Orientation (0020,0020) of the images that state it; without it
  /// the patient's side is not said.
  public static func draft(
    study: Study, patient: Patient, instances: [Instance], review: Review?, triage: Triage?,
    template: ReportTemplate, author: String, at date: Date,
    orientations: [Instance.ID: [String]] = [:]
  ) -> Report {
    let values = study.values(instances: instances, triage: triage)
    let regions = (review?.findings ?? triage?.findings ?? []).filter { $0.state != .rejected }
    let sections = template.sections.map { section in
      let isFailed =
        triage?.triageClass == .failed && section.lines.contains { $0.occasion == .failed }
      var lines: [String?] = []
      for line in section.lines {
        guard line.occasion.isAboutRegions else {
          let applies =
            isFailed ? line.occasion.appliesToFailed : line.occasion.applies(to: review?.call)
          lines.append(applies ? line.sentence.filled(values) : nil)
          continue
        }
        for finding in regions where line.occasion.applies(to: finding.state) {
          let place = RegionPlace(of: finding.region, in: instances, orientations: orientations)
          let own = finding.values(place: place, images: instances.count)
          lines.append(line.sentence.filled(values.merging(own) { _, own in own }))
        }
      }
      let text = lines.compactMap { $0 }.joined(separator: "\n")
      return Report.Section(
        key: section.key, title: section.title, text: text, isRequired: section.isRequired,
        drafted: text, call: review?.call)
    }
    return Report(study: study.uid, sections: sections, author: author, changed: date)
  }
}

extension ReportTemplate.Occasion {
  fileprivate func applies(to call: Call?) -> Bool {
    switch self {
    case .always: true
    case .normal: call == .normal
    case .suspicious: call == .suspicious
    case .undetermined: call == nil
    case .failed, .confirmed, .unsure, .open, .region: false
    }
  }

  fileprivate var appliesToFailed: Bool { self == .always || self == .failed }

  fileprivate func applies(to state: Finding.State) -> Bool {
    switch self {
    case .region: true
    case .confirmed: state == .agreed
    case .unsure: state == .unsure
    case .open: state == .open
    case .always, .normal, .suspicious, .undetermined, .failed: false
    }
  }
}

extension Study {
  fileprivate func values(instances: [Instance], triage: Triage?) -> [String: String] {
    let modalities = [
      "CR": "radiograph", "DX": "radiograph", "MG": "mammogram", "US": "ultrasound",
    ]
    let unreadable = instances.filter { !$0.isReadable }.count
    return [
      "modality": modalities[modality] ?? modality,
      "view": view,
      "body-part": bodyPart.lowercased(),
      "description": description,
      "date": date?.dashedDate ?? "",
      "images": instances.count == 1 ? "1 image" : "\(instances.count) images",
      "unreadable": unreadable == 0 ? "" : "\(unreadable) of \(instances.count)",
      "reason": triage?.reason ?? "",
    ]
  }
}

extension Finding {
  fileprivate func values(place: RegionPlace?, images: Int) -> [String: String] {
    [
      "name": name,
      "place": place?.words ?? "place in the image unknown",
      "size": place?.sizeWords ?? "",
      "image": images > 1 ? place.map { "image \($0.image)" } ?? "" : "",
      "origin": origin == .model ? "marked by the model" : "added by the reader",
      "note": note,
    ]
  }
}

extension String {
  /// `20261123` as `2026-11-23`; anything else as it is.
  var dashedDate: String {
    guard utf8.count == 8, utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return self }
    return "\(prefix(4))-\(dropFirst(4).prefix(2))-\(suffix(2))"
  }
}
