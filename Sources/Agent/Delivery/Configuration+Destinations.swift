public import Foundation
public import Gateway

extension Configuration {
  /// Where documents go: to what is configured, and to the folder that was named besides; where
  /// neither is, to one in the store's.
  public func destinations(home: URL, deliverTo folder: URL? = nil) -> [Destination] {
    if let folder { return [.folder(folder)] + destinations }
    return destinations.isEmpty
      ? [.folder(DeliverStage.defaultFolder(in: home))] : destinations
  }
}
