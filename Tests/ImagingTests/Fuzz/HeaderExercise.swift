import DICOM

@testable import Imaging

/// Everything the main process does with a header it did not make.
enum HeaderExercise {
  /// Asks for every value in every way, and for all that an image takes from its header.
  static func run(_ file: DICOMFile) {
    visit(file.dataSet)
    _ = try? file.write()
    _ = try? PixelModule(file)
    _ = file.imageNotes.map(\.description)
    for frame in [0, 1] {
      let attributes = FrameAttributes(file.dataSet, frame: frame)
      _ = (attributes.spacing, attributes.windows, attributes.padding)
    }
    for (photometric, isSigned) in [
      ("MONOCHROME1", true), ("MONOCHROME2", false), ("PALETTE COLOR", false), ("RGB", false),
    ] {
      let samples = photometric == "RGB" ? 3 : 1
      let values = [Int32.min, -1, 0, 255, 65_535, .max].prefix(2 * samples)
      let frame = StoredFrame(
        columns: 2, rows: 1, samples: samples, bitsStored: 16, photometric: photometric,
        isSigned: isSigned, values: Array(values))
      guard let image = try? GreyImage(frame, file, frame: 0) else { continue }
      for window in image.windows + [.spanning(0, 255)] {
        let greys = render(image, View(window: window), width: 2, height: 2)
        precondition(greys.count == 4, "a raster is filled")
      }
    }
  }

  private static func visit(_ dataSet: DataSet) {
    for element in dataSet.elements {
      _ = dataSet.strings(element.tag)
      _ = dataSet.integers(element.tag)
      _ = dataSet.decimals(element.tag)
      _ = dataSet.uid(element.tag)
      _ = dataSet.personName(element.tag)?.display
      for item in dataSet.items(element.tag) { visit(item) }
    }
  }
}
