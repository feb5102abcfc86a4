import Foundation
import GRDB

extension StoreError {
  /// What a thrown error means for whoever asked.
  ///
  /// Values of the failed statement are left out: they may name a patient.
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError: self.init(result: error)
    case is DecodingError, is RowDecodingError: self = .damaged("a row cannot be understood")
    case let error as CocoaError: self.init(file: error)
    default: self = .failed("an unexpected error (\(type(of: error)))")
    }
  }

  private init(result error: DatabaseError) {
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull
    // SQLite makes room for its shared memory ahead and has no better name for there being none.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self = .diskFull
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged("the database file cannot be understood")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self = .notPermitted(path: "The database file")
    case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY:
      self = .notFound
    default: self = .failed("SQLite says \(error.extendedResultCode.rawValue)")
    }
  }

  private init(file error: CocoaError) {
    switch error.code {
    case .fileWriteOutOfSpace: self = .diskFull
    case .fileReadNoSuchFile, .fileNoSuchFile: self = .notFound
    default: self = .failed("the file system says \(error.code.rawValue)")
    }
  }

  /// What a failed system call on a file means; `code` is its `errno`.
  init(errno code: Int32, path: String) {
    switch code {
    case ENOSPC, EDQUOT: self = .diskFull
    case ENOENT: self = .notFound
    case EACCES, EPERM, EROFS, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG:
      self = .notPermitted(path: path)
    default: self = .failed("the operating system says \(code)")
    }
  }
}
