import Foundation
import Imaging
import Radiology
import Triage

/// One model's look at one study, by the pictures that are here.
struct StudyReading {
  let pictures: PictureShelf

  /// What a reader says of a study; without a reader only whether it can be shown.
  ///
  /// - Throws: `ImagingError` if it is this machine that cannot read any image.
  func triage(
    of study: Study, _ instances: [Instance], missing: Int, by reader: Reader?, at date: Date
  ) async throws -> Triage {
    var images: [(instance: Instance, image: GreyImage?)] = []
    if !instances.isEmpty, instances.allSatisfy(\.isDocument) {
      return Triage(ofDocumentsIn: study.uid, made: date)
    }
    // A report beside the images is none of them.
    for instance in instances where !instance.isDocument {
      images.append((instance, try await picture(of: instance)))
    }
    if let reader {
      return await reader.read(study: study, images: images, missing: missing, at: date)
    }
    // Without a model a study that cannot be shown is still known to have failed.
    let refusal = instances.compactMap(\.refusal).first
    guard images.contains(where: { $0.image != nil }) else {
      return Triage(
        study: study.uid, refused: .failed(refusal ?? "No image of this study could be read."),
        model: nil, made: date)
    }
    return Triage(
      study: study.uid, refused: .undetermined("No model has looked at this study yet."),
      model: nil, made: date)
  }

  /// None if the image cannot be read; thrown on if it is this machine that cannot read any.
  private func picture(of instance: Instance) async throws -> GreyImage? {
    do { return try await pictures.picture(of: instance) } catch let error as ImagingError
      where error.isOfThisMachine
    { throw error } catch { return nil }
  }
}

extension ShadowReading {
  /// What a model said of a study that it does not sort.
  init(_ triage: Triage, by model: ModelVersion.ID) {
    self.init(
      study: triage.study, model: model, triageClass: triage.triageClass,
      probability: triage.probability, made: triage.made)
  }
}
