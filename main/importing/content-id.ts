/**
 * The UUID (version 8, RFC 9562) of an imported file, made of what the source holds: the same content gets the same
 * name, so that an import that was killed between two steps is done again to the same files.
 * @param sha256 of the source, hexadecimal
 */
export function contentId(sha256: string): string {
  const bytes = Buffer.from(sha256.slice(0, 32), 'hex');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
