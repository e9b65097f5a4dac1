/** Versions to install if no server is found. */
export const goModule = "github.com/nats-io/nats-server/v2";
export const goVersion = "2.15.2";
/** Version of an older release line that is still maintained, for the tests with several servers. */
export const olderGoVersion = "2.12.15";
export const releaseVersion = "2.14.5";
export const releaseBaseUrl = "https://github.com/nats-io/nats-server/releases/download";

/** SHA-256 of the release archives, by platform. An archive with a different checksum is not used. */
export const releaseChecksums: Readonly<Record<string, string>> = {
  "linux-arm64": "673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c",
  "linux-arm7": "c8796b63a8603fdebabd63146ac3d3997c29a2829fdd2af6db320f4a287f2e71",
  "linux-amd64": "5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355",
  "linux-386": "7eb520d5080d2c4b2e9ad0866aa301f7c7af35058bfae61c1ba0cef472d21d47",
  "linux-s390x": "829193e8c592e0df5f15402c27417df18d26503d22b77dfc9491982fe0b51a67",
  "linux-ppc64le": "5d8f1a264a3bc4b30899814ae8e898b1268e817074635adddd24b32f388e4cc4",
};
