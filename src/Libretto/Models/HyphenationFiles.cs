namespace Libretto.Models;

/// <summary>
/// The hyphenation patterns that Libretto splits words by: files of the npm package <c>hyphen</c>, each with the checksum it was published
/// with. In the model's folder a language's file is called by its ISO 639 code.
/// </summary>
internal static class HyphenationFiles
{
    /// <summary>The model's name.</summary>
    public const string Model = "hyphenation";

    private static readonly (string Language, string File, string Sha256)[] s_files =
    [
        ("af", "af", "b6a98fd3fcb5355709d8ea1f8d2ac0d937d575e2b813f9388cc3fae0a2625eea"),
        ("as", "as", "53e0ff53984204b37a5f5824773cf7f3822bfb916838263c44aedd128b8c7fce"),
        ("be", "be", "4d0bead7b065f8185a02d1db4a3378b227bb27d67df5dfa1d0d0f68f60b65770"),
        ("bg", "bg", "f1d322309c2fa682ecfd3c559949015b0f54f2a576e95d00ccce7fd11a02ae6d"),
        ("bn", "bn", "6c28636d2dd6b674e993843fbe36436a9b07070360fb82e0ca504dd4d938c747"),
        ("ca", "ca", "58a77ae5f4a005cba26adcca9eb3b3d8899ae05e5aba682155c40aaa616f1970"),
        ("cs", "cs", "ad2d51fe98f87225e7a3c2c83c4219a21f57c4963cdfa7e0f6aae350a6f1d480"),
        ("cy", "cy", "2790f9c78909d6d74c2fe428620e23781460327e7dcde0a31e633d30e64b68e4"),
        ("da", "da", "b965e1f3f9a69d8417e9af0412c558d102e15d46f0a3f6ba1b6c758c0464a72f"),
        ("de", "de-1996", "c62547beb14df4eadfa3ec97bd462ead3b41966f9f5a8ac88df7041e588d8a61"),
        ("el", "el-monoton", "92a62a2e93770cb7a6a30f38c55a485360ec497fe26e08e03bf4a495573bc51f"),
        ("en", "en-us", "7ca5cda971856b837f0fbcaa38d1e1208f9c5b7f08e7e9b42d4060a51f626511"),
        ("es", "es", "07f8eac80d3390b9e6790a4629d963a419241d0118a72aa40f297d4f09236304"),
        ("et", "et", "a2a011ba0f2a5a577559fc6b36157087b9028550f63f73439ff34f943ef5a69e"),
        ("eu", "eu", "b8534c51821a9e07146c88000e3bac7d0bcc47fef2022f611504f1c0772ab1aa"),
        ("fi", "fi", "364114f88fdd0329656b1610e9edbc040beff3061ef9026c51977c746aad02c1"),
        ("fr", "fr", "c0825ec2c83cdb22570dda472c4f92711e613af4ea3dc3afada98f5cf126444b"),
        ("gl", "gl", "1c9d3571fb6fbe5cd770f350008b445ae9dcd5b20cb3e1b1739f49ac958c077f"),
        ("gu", "gu", "c03c9368887e1de1d101ac5c353c6c07a8eb45d5c456e6b0107b9df4d06e859a"),
        ("hi", "hi", "d8b4b39625e199aeb395738abc86f84603d8766b5758309a7a22b3ba8475d53b"),
        ("hr", "hr", "0a330fbd457ed76dd2f4dc721f37ba9bf5ebf29f5067e9635e96be7a08394432"),
        ("hu", "hu", "4413279ef50687df23e704a82ee9a32eab81af7558276f60443b8ccc3385429c"),
        ("hy", "hy", "bd2ca727c835ec0a6485f5a068e7fc1ec7d773a7e9d5ee53d8d935785c0f1af5"),
        ("id", "id", "5ce1b52cd46daa13ad9a6fac4c601791a584bd833812b576bc08cb41f1fd355e"),
        ("is", "is", "e943104b24a6785e57a1203ad345b01a0cc63c8ce0ebe276772724e2bec77bef"),
        ("it", "it", "14c21dc8127344c76ac9aa73bcfb3f4b8074e8b3a616aee2dd27e9febbc2be3f"),
        ("ka", "ka", "709705cafaf93c82f9cd11b2baf79ae16a155e61ad5a0f157bc65cf191ddfec8"),
        ("kn", "kn", "b47ec44ad0eab9779620e7cb8acd6162f8e9ca785a162700ae16cd1d19fcac14"),
        ("la", "la", "a4dcbce67f5420edd24295d36cb26087872b8000afff21c3408fa071b928a995"),
        ("lt", "lt", "29b31c95b98e0ea3e4767980e0d8c9b28ea441d082d463e721bcefde1bc35127"),
        ("lv", "lv", "e830fb276f6f6954206a9368e225e47720929276280cb0702c20f18a26f21b1c"),
        ("mk", "mk", "6d724b5dd0fd41aa73d112ee370550c7956dbe9a9e707fd9ed736e470b31b723"),
        ("ml", "ml", "e3bdbab93fa06b19e5e1dac6efbaf43337b9d702830be058bc64c29af45fd5cb"),
        ("mn", "mn-cyrl", "7558253996d39efb9c9b72b1f310fc7a5c000e6a4f4e605d89239faf8595bfee"),
        ("mr", "mr", "2792d2c5d0ede9c166a86be07bef136fff697cd06c00b1b1e102254e9f65d64d"),
        ("nl", "nl", "50fa5744157df13f43abcfadcacbcc08c228af459aed64d021541f7efd04e0a0"),
        ("nn", "nn", "3596e92a0476bec8879f7c3bb1e8af67bf78f3aac2939cd15e811ed45b121ab1"),
        ("no", "nb", "cea7f417d200e7f30c8399f3aa25f83227e666b75c4f658633f36a6a1bc773a5"),
        ("oc", "oc", "b3cdc2b6f5ff8fc5a81e0f72155860dfee7f6c523cfdc033bca72e0af914adb4"),
        ("pa", "pa", "f88f5db3b3ab6f47deb27c3667342ac5b14851ff9d4d4609cb43716a4067c5a1"),
        ("pl", "pl", "aee098e138cf72b0a89375b791589cebb17f670a5e313ace998f262189e638ae"),
        ("pt", "pt", "05f6396c0eaad70f476c997b390392261dd8e77953934114a2c26296412d3512"),
        ("ro", "ro", "5e5fe3031fb3db02900df92f6499127e3e5ba29aa9c7c6b3d1daffe3701375fc"),
        ("ru", "ru", "4c213912f80123f6174edc3efe89962c3ad0d09ac9b55148470de23b20ed5d6f"),
        ("sa", "sa", "addb2a5e8e4991325fecef0c1b7e16b9f480948cfadccb3e6a36be255a71830e"),
        ("sk", "sk", "7cd41b05ffa3b6fbf95bb2d2122d0ff63936e04f41d6994cf5338a5bba28aa6c"),
        ("sl", "sl", "0d512052a661897aa94f4278b40e49304f61e58e2bd52adf2df23d8f1d95b862"),
        ("sq", "sq", "98bbfd9e9444a5cad0e86388e9e4c54e4e8ed71c0b3d8007c9b8b46ca3b9b92e"),
        ("sr", "sr-cyrl", "7bfcf0c3ad485be2f23a9b0287a8ce9d8d959110250f9c3ae9982e1acaa3a5f0"),
        ("sv", "sv", "9c2bbdd2622251164ab8505268f9e1da7c00669b9e19cc049b3bec2fb8bef690"),
        ("ta", "ta", "f4d21387942351261cf42dee83d28bf9154bd3dbe128c7278bed06ac080b7158"),
        ("te", "te", "c6e4af6fe1946bc632ade084691a6967f06ae160265f288634bef3d1a61a3e4c"),
        ("th", "th", "9df079b319bb428ae6a27a7b9d6b6b18c46fe919c5b5cf59359f7722d1c7db46"),
        ("tk", "tk", "9733b473ee9f20ac1a3b204ed75c321c4df893bfd39b77efe78fe96dda4b6326"),
        ("tr", "tr", "2ce0154ca472f7738ea30e09492732f0e8984b2b2c66414dfd8778f169f26eeb"),
        ("uk", "uk", "c6dafad7a948fc0fa424a0c8fce4a2555f06419fc973fe65b9dff16e7b508cd8"),
    ];

    /// <summary>The languages there are patterns for, by ISO 639 code.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. s_files.Select(file => file.Language)];

    /// <summary>The package, at the version the checksums are of.</summary>
    public static NpmPackage Package { get; } = new(
        "hyphen", "1.14.1", "sha512-kvL8xYl5QMTh+LwohVN72ciOxC0OEV79IPdJSTwEXok9y9QHebXGdFgrED4sWfiax/ODx++CAMk3hMy4XPJPOw==", 1_580_807,
        [
            .. s_files.Select(file => new NpmFile($"package/patterns/{file.File}.js", FileOf(file.Language), file.Sha256)),
            new("package/LICENSE", "LICENSE", "90be1a1205349e8540e0132241ebc58e8d21f5f405171b73cc885b5f9eb3fed4"),
        ]);

    /// <summary>Where a language's patterns lie in the model's folder.</summary>
    public static string FileOf(string language) => $"{language}.js";
}
