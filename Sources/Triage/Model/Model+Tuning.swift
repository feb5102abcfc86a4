public import Engine
public import Foundation

/// Which algorithms a model's network goes by on a machine, as a file beside the model.
private struct TuningFile: Codable {
  static let name = "tuning.json"

  /// The model's.
  let id: String
  /// What it was measured on.
  let instructions: String
  let threads: Int
  let tuning: Tuning

  func isOf(_ model: Model, threads: Int) -> Bool {
    id == model.id && instructions == Processor.instructions && self.threads == threads
  }
}

extension Model {
  /// Which algorithms its network goes by here: measured once and kept in its folder, so that the
  /// same image gives the same bits again.
  ///
  /// A model on bytes has nothing to choose. A file of another model or processor, or one that cannot be read, is measured anew. Where it
  /// cannot be kept, the algorithms follow from the sizes alone, which needs no file to be the same
  /// again.
  ///
  /// - Parameters:
  ///   - folder: of the model.
  ///   - threads: that will be at work.
  /// - Throws: ``TriageError/engineFailed(_:)``.
  /// - Returns: the algorithms by convolution.
  public func tuning(
    keptIn folder: URL, threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws(TriageError) -> Tuning {
    // Bytes have one way only.
    if quantization != nil { return .bySize }
    let place = folder.appending(path: TuningFile.name)
    if let bytes = try? Data(contentsOf: place),
      let file = try? JSONDecoder().decode(TuningFile.self, from: bytes),
      file.isOf(self, threads: threads), file.tuning.fits(network)
    {
      return file.tuning
    }
    let tuning: Tuning
    do { tuning = try Tuning(measuring: network, parameters, threads: threads) } catch {
      throw .engineFailed(error.description)
    }
    let file = TuningFile(
      id: id, instructions: Processor.instructions, threads: threads, tuning: tuning)
    do {
      try ModelFile.encode(file).write(to: place, options: .atomic)
      return tuning
    } catch {
      return .bySize
    }
  }
}
