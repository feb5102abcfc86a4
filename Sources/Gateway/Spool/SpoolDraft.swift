import DICOM
import Foundation

/// One object on its way into the spool; unless it is kept, nothing of it stays.
struct SpoolDraft: ~Copyable {
  private let descriptor: Int32
  private let draft: URL
  private let target: URL
  private(set) var count = 0

  /// Most bytes that are read to find out which object it is.
  private static let headerLimit = 16 << 20

  init(name: String, in folder: URL, for arrived: URL) throws(GatewayError) {
    draft = folder.appending(path: name)
    target = arrived.appending(path: name)
    descriptor = open(draft.path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw GatewayError(errno: errno) }
  }

  deinit {
    close(descriptor)
    unlink(draft.path)
  }

  mutating func write(_ bytes: [UInt8]) throws(GatewayError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw GatewayError(errno: errno) }
      start += written
    }
    count += bytes.count
  }

  /// Which object this is, as far as its header can be read.
  ///
  /// nil means that it is no DICOM file.
  func identity() -> ObjectIdentity? {
    // Headers are short; one that is not is read as far as memory is cheap.
    let most = min(count, Self.headerLimit)
    for limit in [min(count, 1 << 20), most] {
      guard let bytes = head(limit), DICOMFile.isDICOM(prefix: bytes) else { return nil }
      do throws(DICOMError) {
        let file = try DICOMFile.read(bytes)
        return ObjectIdentity(
          instance: file.dataSet.uid(.sopInstanceUID), study: file.dataSet.uid(.studyInstanceUID))
      } catch {
        if case .truncated = error, limit < most { continue }
        return ObjectIdentity(instance: nil, study: nil)
      }
    }
    return nil
  }

  private func head(_ limit: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit)
    var start = 0
    while start < limit {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + start }, limit - start, off_t(start))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      start += count
    }
    return bytes
  }

  /// Puts the object where it counts as arrived, power failure or not.
  consuming func keep() throws(GatewayError) -> URL {
    // First the bytes, then the name, then the folder that holds the name.
    guard fdatasync(descriptor) == 0, rename(draft.path, target.path) == 0 else {
      throw GatewayError(errno: errno)
    }
    let folder = open(target.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw GatewayError(errno: errno) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw GatewayError(errno: errno) }
    return target
  }
}

/// Which object of which study a file says it is; nil where that cannot be read.
struct ObjectIdentity: Equatable {
  let instance: String?
  let study: String?
}
