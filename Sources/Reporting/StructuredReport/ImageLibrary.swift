import DICOM
import Radiology

extension SourceImage {
  /// The image with what makes coordinates and millimetres mean something.
  ///
  /// Source: PS3.16 TID 1600 to 1603.
  func libraryEntry(_ reference: ImageReference, study: Study) -> ContentItem {
    func fact(_ name: Concept, _ value: ContentItem.Value) -> ContentItem {
      ContentItem(.hasAcquisitionContext, name, value)
    }
    let modality = header?.string(.modality) ?? study.modality
    var facts = [fact(.modality, .code(.modality(modality)))]
    if instance.rows > 0, instance.columns > 0 {
      facts.append(fact(.pixelDataRows, .number(Double(instance.rows), unit: .pixels)))
      facts.append(fact(.pixelDataColumns, .number(Double(instance.columns), unit: .pixels)))
    }
    let orientation = header?.strings(.patientOrientation) ?? []
    if orientation.count == 2 {
      facts += ContentItem.text(.hasAcquisitionContext, .patientOrientationRow, orientation[0])
      facts += ContentItem.text(.hasAcquisitionContext, .patientOrientationColumn, orientation[1])
    }
    if let rows = instance.rowSpacing, let columns = instance.columnSpacing {
      facts.append(fact(.horizontalPixelSpacing, .number(columns, unit: .millimetre)))
      facts.append(fact(.verticalPixelSpacing, .number(rows, unit: .millimetre)))
    }
    return ContentItem(.contains, .source, .image(reference), children: facts)
  }
}
