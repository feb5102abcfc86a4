public import DICOM
import Foundation
public import Imaging
public import Radiology
public import Store

/// The pictures of one store: stored bytes in, grey images out.
///
/// DICOM pixels are decoded in the jailed program, one process an image; decoding blocks, so it
/// runs on threads of its own and never on those that tasks share.
public struct PictureShelf: Sendable {
  private let store: Store
  private let decoder: PixelDecoder

  /// - Throws: `ImagingError.decoderMissing` if the decoder program is nowhere.
  public init(store: Store) throws {
    self.store = store
    decoder = try PixelDecoder()
  }

  /// The picture of one frame of an instance, counted from 0.
  ///
  /// - Throws: ``AgentError/noPicture(_:)`` for a refused instance, and what reading it throws.
  public func picture(of instance: Instance, frame: Int = 0) async throws -> GreyImage {
    try await onThreadOfItsOwn { try pictureHere(of: instance, frame: frame) }
  }

  /// The same on the thread that asks, which is blocked until it is there.
  func pictureHere(of instance: Instance, frame: Int = 0) throws -> GreyImage {
    if let refusal = instance.refusal { throw AgentError.noPicture(refusal) }
    switch instance.format {
    case .png: return try GreyImage.read(png: [UInt8](store.object(instance.digest)))
    case .dicom:
      return try GreyImage.read(
        dicom: store.objectURL(instance.digest), header: header(of: instance), frame: frame,
        decoder: decoder)
    case .document: throw AgentError.noPicture("the object is a document.")
    case .unknown: throw AgentError.noPicture("the file is of no known kind.")
    }
  }

  /// Where the decoder is; what belongs to it is installed beside it.
  var decoderProgram: URL { decoder.program }

  /// The header an instance arrived with.
  public func header(of instance: Instance) throws -> DICOMFile {
    try .read(contentsOf: store.objectURL(instance.digest))
  }

  /// Patient Orientation (0020,0020) of the images that state it.
  func orientations(of instances: [Instance]) -> [Instance.ID: [String]] {
    instances.reduce(into: [:]) { found, instance in
      guard instance.format == .dicom, let header = try? header(of: instance) else { return }
      let orientation = header.dataSet.strings(.patientOrientation)
      if !orientation.isEmpty { found[instance.id] = orientation }
    }
  }

  func header(of digest: String) throws -> DICOMFile {
    try .read(contentsOf: store.objectURL(digest))
  }

  /// Whether the bytes begin as a PNG does (RFC 2083 3.1).
  func isPNG(_ digest: String) -> Bool {
    guard let place = try? store.objectURL(digest),
      let handle = try? FileHandle(forReadingFrom: place)
    else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 4)) == Data([0x89, 0x50, 0x4E, 0x47])
  }

  func picture(ofPNG digest: String) async throws -> GreyImage {
    let store = store
    return try await onThreadOfItsOwn { try GreyImage.read(png: [UInt8](store.object(digest))) }
  }

  func picture(ofDICOM digest: String, header: DICOMFile, frame: Int) async throws -> GreyImage {
    let place = try store.objectURL(digest)
    let decoder = decoder
    return try await onThreadOfItsOwn {
      try GreyImage.read(dicom: place, header: header, frame: frame, decoder: decoder)
    }
  }
}

/// Runs blocking work where it starves no task.
private func onThreadOfItsOwn<Result: Sendable>(
  _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global(qos: .userInitiated).async {
      continuation.resume(with: Swift.Result { try work() })
    }
  }
}
