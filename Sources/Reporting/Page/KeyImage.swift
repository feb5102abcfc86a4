public import Radiology

/// A picture that a page shows, with the regions that lie in it.
public struct KeyImage: Sendable, Hashable {
  public let instance: Instance
  /// Counted from 0.
  public let frame: Int
  /// The parts of the regions inside the image, with their names.
  public let regions: [Named]
  /// Which image of the study, counted from 1.
  let number: Int

  public struct Named: Sendable, Hashable {
    public let name: String
    public let region: Region
    /// For example `R1 41% AI, reader agrees`.
    public let label: String
  }

  var caption: String {
    let kind = [instance.modality, instance.bodyPart, instance.view].compacted
      .joined(separator: " ")
    let frame = instance.frames > 1 ? ", frame \(self.frame + 1)" : ""
    let names = regions.map(\.name).joined(separator: ", ")
    let shown = regions.isEmpty ? "no region is shown" : names
    return "Image \(number)\(frame)\(kind.isEmpty ? "" : ", \(kind)"): \(shown)"
  }
}

extension Dossier {
  /// Every picture with a region that is shown; else the first picture there is.
  ///
  /// - Throws: ``ReportingError/imageMissing(finding:)`` or ``ReportingError/mismatch(_:)`` where a
  ///   region lies in no picture: a page shows all of them or is not made.
  public func keyImages() throws(ReportingError) -> [KeyImage] {
    var places: [(index: Int, frame: Int, regions: [KeyImage.Named])] = []
    for finding in shownFindings {
      let region = finding.region
      guard let index = instances.firstIndex(where: { $0.uid == region.instance }) else {
        throw .imageMissing(finding: finding.name)
      }
      let instance = instances[index]
      guard let inside = region.clipped(columns: instance.columns, rows: instance.rows),
        (0..<max(1, instance.frames)).contains(region.frame)
      else { throw .mismatch("Region \(finding.name) lies outside its image.") }
      let named = KeyImage.Named(
        name: finding.name.printable, region: inside, label: finding.label)
      if let known = places.firstIndex(where: { $0.index == index && $0.frame == region.frame }) {
        places[known].regions.append(named)
      } else {
        places.append((index, region.frame, [named]))
      }
    }
    if places.isEmpty,
      let first = instances.firstIndex(where: { $0.isReadable && !$0.isDocument })
    {
      places.append((first, 0, []))
    }
    return places.sorted { ($0.index, $0.frame) < ($1.index, $1.frame) }.map {
      KeyImage(
        instance: instances[$0.index], frame: $0.frame, regions: $0.regions, number: $0.index + 1)
    }
  }

  /// The picture with the most suspicious region that is shown.
  ///
  /// - Throws: ``ReportingError/noRegionToShow`` where there is none, and what ``keyImages()``
  ///   throws.
  public func firstKeyImage() throws(ReportingError) -> KeyImage {
    let place = shownFindings.first?.region
    guard let place,
      let first = try keyImages().first(where: {
        $0.instance.uid == place.instance && $0.frame == place.frame
      })
    else { throw .noRegionToShow }
    return first
  }
}
