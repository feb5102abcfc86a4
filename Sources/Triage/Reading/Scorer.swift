import Engine

/// Runs a model's network over prepared images.
///
/// Not `Sendable`, like the ``Inference`` it holds: one actor or one thread owns it.
final class Scorer {
  let model: Model
  private let inference: Inference

  /// Reads up to `batch` images at once, mirrored ones not counted.
  init(
    _ model: Model, batch: Int = 1, threads: Int? = nil, tuning: Tuning = .bySize
  ) throws(TriageError) {
    self.model = model
    do {
      inference = try Inference(
        model.network, model.parameters, batch: model.readOut.readsMirrored ? 2 * batch : batch,
        threads: threads, tuning: tuning, quantization: model.quantization)
    } catch {
      throw .engineFailed(error.description)
    }
  }

  private var batch: Int { model.readOut.readsMirrored ? inference.batch / 2 : inference.batch }

  /// The map of each image, in order.
  ///
  /// Calls `progress` after each batch with the number of images done.
  func maps(
    of images: [Prepared], progress: (Int) throws -> Void = { _ in }
  ) throws -> [EvidenceMap] {
    var maps: [EvidenceMap] = []
    maps.reserveCapacity(images.count)
    while maps.count < images.count {
      let part = images[maps.count..<min(maps.count + batch, images.count)]
      maps += try self.maps(ofBatch: Array(part))
      try progress(maps.count)
    }
    return maps
  }

  private func maps(ofBatch images: [Prepared]) throws(TriageError) -> [EvidenceMap] {
    let side = model.preprocessing.side
    let cells = model.cells
    let isMirrored = model.readOut.readsMirrored
    var input: [Float] = []
    input.reserveCapacity(images.count * side * side * 2)
    for image in images {
      precondition(image.side == side, "images are prepared by the model's own preprocessing")
      let pixels = image.input
      input += pixels
      if isMirrored { input += Self.mirrored(pixels, side: side) }
    }
    let output: [Float]
    do { output = try inference.run(input) } catch { throw .engineFailed(error.description) }
    let size = cells * cells
    return images.indices.map { index in
      let start = index * size * (isMirrored ? 2 : 1)
      var values = Array(output[start..<start + size])
      if isMirrored {
        let other = Self.mirrored(Array(output[start + size..<start + 2 * size]), side: cells)
        values = zip(values, other).map { ($0 + $1) / 2 }
      }
      return EvidenceMap(
        values: values, cells: cells, placement: images[index].placement,
        pooling: model.readOut.pooling)
    }
  }

  /// Left and right exchanged.
  private static func mirrored(_ square: [Float], side: Int) -> [Float] {
    var result = square
    for row in 0..<side {
      let start = row * side
      for column in 0..<side { result[start + column] = square[start + side - 1 - column] }
    }
    return result
  }
}
