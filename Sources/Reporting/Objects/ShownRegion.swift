import Radiology

/// A finding that a document may show, in the image it lies in.
struct ShownRegion {
  let finding: Finding
  let image: SourceImage
  /// Names the frame only where the image has several.
  let reference: ImageReference
  /// The part of the finding's region inside the image.
  let inside: Region
}

extension ObjectHead {
  /// The findings nobody rejected, in the order of suspicion.
  ///
  /// - Throws: ``ReportingError/imageMissing(finding:)`` or ``ReportingError/mismatch(_:)`` where
  ///   one of them lies in no image: a document shows all of them or is not made.
  func shownRegions() throws(ReportingError) -> [ShownRegion] {
    var shown: [ShownRegion] = []
    for finding in dossier.shownFindings {
      let region = finding.region
      guard let index = sources.firstIndex(where: { $0.instance.uid == region.instance }) else {
        throw .imageMissing(finding: finding.name)
      }
      let instance = sources[index].instance
      guard let inside = region.clipped(columns: instance.columns, rows: instance.rows),
        (0..<max(1, instance.frames)).contains(region.frame)
      else { throw .mismatch("Region \(finding.name) lies outside its image.") }
      var reference = references[index]
      if instance.frames > 1 { reference.frame = region.frame + 1 }
      shown.append(
        ShownRegion(
          finding: finding, image: sources[index], reference: reference, inside: inside))
    }
    return shown
  }
}
