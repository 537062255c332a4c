Console.Error.WriteLine("libretto: nothing here yet");
return 1;
