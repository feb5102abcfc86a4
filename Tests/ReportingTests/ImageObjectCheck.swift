import Foundation

/// What pydicom and highdicom read in presentation states and key object selections, all in one
/// Python.
enum ImageObjectCheck {
  struct Content: Decodable {
    /// SOP Instance UIDs of the images drawn on or pointed to.
    let images: [String]
    let regions: [Region]
  }

  struct Region: Decodable {
    let uid: String
    /// Columns and rows in turn.
    let points: [Double]
  }

  static func read(_ documents: [URL]) throws -> [Content] {
    guard let python = Tools.python else { return [] }
    let driver = """
      import json, sys, pydicom, highdicom as hd
      contents = []
      for path in sys.argv[1:]:
          file, images, regions = pydicom.dcmread(path), [], []
          if file.Modality == 'KO':
              selection = hd.ko.KeyObjectSelectionDocument.from_dataset(file)
              for item in selection.content.get_references():
                  uid = item.referenced_sop_instance_uid
                  study, series, instance = selection.resolve_reference(uid)
                  images.append(str(instance))
          else:
              images = [str(image.ReferencedSOPInstanceUID)
                  for series in file.ReferencedSeriesSequence
                  for image in series.ReferencedImageSequence]
              for note in file.GraphicAnnotationSequence:
                  for shape in note.get('GraphicObjectSequence', []):
                      points = [float(n) for n in shape.GraphicData]
                      regions.append(dict(uid=str(shape.TrackingUID), points=points))
          contents.append(dict(images=images, regions=regions))
      print(json.dumps(contents))
      """
    let outcome = try Tools.run(python, ["-c", driver] + documents.map(\.path))
    return try JSONDecoder().decode([Content].self, from: Data(outcome.output.utf8))
  }
}
